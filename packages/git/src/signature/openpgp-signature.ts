import { isUtf8 } from 'node:buffer';
import { openpgpBytesOf, soleArmour } from './armour.ts';
import { type Certificate, certificatesOf, holds } from './openpgp-keyring.ts';
import { keyIdOf, signatureFactsOf } from './openpgp-packets.ts';
import { type KeyVerdict, verdictOf } from './openpgp-verdict.ts';
import { type KeyFile, Refused, type Verification } from './outcome.ts';

export const OPENPGP_LABEL = 'PGP SIGNATURE';

const SignatureType = { Binary: 0x00, Text: 0x01 } as const;
/** SHA-2 and SHA-3 (RFC 9580, 9.5). */
const STRONG_HASHES: ReadonlySet<number> = new Set([8, 9, 10, 11, 12, 14]);
/** Of keys that share the 16 digits of an id: more of them are an attack on us. */
const MAX_CANDIDATES = 16;
const CARRIAGE_RETURN = 0x0d;

export interface OpenpgpQuestion {
  readonly payload: Buffer;
  readonly files: readonly KeyFile[];
  readonly nowMs: number;
}

/**
 * Verifies a detached OpenPGP signature by one of the keys in the files. A file that cannot be read is passed over and named when no other
 * file has the key. Throws `Refused` for whatever is not a sound signature.
 */
export async function verifyOpenpgpSignature(armoured: string, { payload, files, nowMs }: OpenpgpQuestion): Promise<Verification> {
  const signature = openpgpBytesOf(soleArmour(armoured, OPENPGP_LABEL));
  const facts = signatureFactsOf(signature);
  const name = `OpenPGP key ${facts.issuer.toUpperCase()}`;
  if (facts.type !== SignatureType.Binary && facts.type !== SignatureType.Text)
    throw new Refused(`the signature by ${name} is not one over a document`);
  // The same signature fits any line ends, and any bytes that are no text: not two commits of one signature.
  if (facts.type === SignatureType.Text && (!isUtf8(payload) || payload.includes(CARRIAGE_RETURN))) {
    throw new Refused(`the signature by ${name} is one over text, which the content is not`);
  }
  if (!STRONG_HASHES.has(facts.hash)) throw new Refused(`the signature by ${name} is over a hash that is too weak, or unknown`);
  if (facts.createdMs > nowMs) throw new Refused(`the signature by ${name} is of ${isoTime(facts.createdMs)}, which is in the future`);
  if (facts.expiresMs !== undefined && facts.expiresMs <= nowMs)
    throw new Refused(`the signature by ${name} expired at ${isoTime(facts.expiresMs)}`);

  const { candidates, unread } = candidatesFor(facts.issuer, files);
  if (candidates.length > MAX_CANDIDATES)
    throw new Refused(`more than ${MAX_CANDIDATES} of the given keys are called ${facts.issuer.toUpperCase()}`);
  const verdicts = await Promise.all(
    candidates.map(async ({ keyFile, certificate }) => ({
      keyFile,
      primary: certificate.fingerprint,
      verdict: await verdictOf({ certificate: certificate.bytes, signature, payload, nowMs }),
    })),
  );
  return outcomeOf(verdicts, name, unread);
}

interface Candidate {
  readonly keyFile: string;
  readonly certificate: Certificate;
}

function candidatesFor(
  issuer: string,
  files: readonly KeyFile[],
): { readonly candidates: readonly Candidate[]; readonly unread: readonly string[] } {
  const candidates: Candidate[] = [];
  const unread: string[] = [];
  for (const { name, text } of files) {
    try {
      candidates.push(
        ...certificatesOf(text)
          .filter((certificate) => holds(certificate, issuer))
          .map((certificate) => ({ keyFile: name, certificate })),
      );
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      unread.push(`; ${name} was not read: ${error.message}`);
    }
  }
  return { candidates, unread };
}

interface Judged {
  readonly keyFile: string;
  /** The fingerprint of the primary key. */
  readonly primary: string;
  readonly verdict: KeyVerdict;
}

/** One good key is enough, unless another copy of it says that it is revoked: the copies are of different age. */
function outcomeOf(judged: readonly Judged[], name: string, unread: readonly string[]): Verification {
  const find = <K extends KeyVerdict['kind']>(kind: K) =>
    judged.map(({ verdict }) => verdict).find((verdict): verdict is Extract<KeyVerdict, { kind: K }> => verdict.kind === kind);
  if (find('revoked') !== undefined) return { kind: 'revoked-key', message: `${name} is revoked` };
  for (const { keyFile, primary, verdict } of judged) {
    if (verdict.kind !== 'good') continue;
    return {
      kind: 'verified',
      signer: { keyFile, id: keyIdOf(primary).toUpperCase(), fingerprint: verdict.fingerprint.toUpperCase(), scheme: 'openpgp' },
    };
  }
  const expired = find('expired');
  if (expired !== undefined) return { kind: 'expired-key', message: `${name} expired at ${isoTime(expired.expiredMs)}` };
  if (find('not-for-signing') !== undefined)
    return { kind: 'invalid', message: `${name} may not sign: it is too weak, or not declared for signing` };
  if (find('mismatch') !== undefined) return { kind: 'invalid', message: `the signature by ${name} does not match the content` };
  if (find('unreadable') !== undefined)
    return { kind: 'invalid', message: `${name} or the signature by it is damaged, or of a kind that is not supported` };
  return { kind: 'unknown-key', message: `signed with ${name}, which none of the given keys is${unread.join('')}` };
}

const isoTime = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
