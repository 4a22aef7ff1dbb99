import type { Config, Key, SignaturePacket, Subkey } from 'openpgp';

/** What one key says to a signature. */
export type KeyVerdict =
  | { readonly kind: 'good'; readonly fingerprint: string }
  | { readonly kind: 'unreadable' | 'mismatch' | 'revoked' | 'not-for-signing' }
  | { readonly kind: 'expired'; readonly expiredMs: number };

export interface Question {
  /** One certificate, as packets. */
  readonly certificate: Uint8Array;
  /** One detached signature, as a packet. */
  readonly signature: Uint8Array;
  readonly payload: Uint8Array;
  readonly nowMs: number;
}

type Library = typeof import('openpgp');

/** As upstream: keys of 2048 bits may begin with a zero. */
const MIN_RSA_BITS = 2047;

/**
 * Whether a certificate has a key that made a signature, and that could make it both when it was made and now: bound to the primary key in
 * both directions, for signing, neither expired nor revoked. Throws only when the library cannot be loaded.
 *
 * The only module that loads OpenPGP.js, when it is first needed: it is under the LGPL and stays a file of its own beside the bundle. Of
 * its ways to verify, only the one for detached signatures is used, where what was signed is what the caller holds (CVE-2025-47934,
 * CVE-2023-41037).
 */
export async function verdictOf(question: Question): Promise<KeyVerdict> {
  const openpgp = await import('openpgp');
  try {
    return await judge(openpgp, question);
  } catch {
    // Damage is found wherever the library happens to look first.
    return { kind: 'unreadable' };
  }
}

async function judge(openpgp: Library, { certificate, signature, payload, nowMs }: Question): Promise<KeyVerdict> {
  const config = configOf(openpgp);
  const [key, detached, message] = await Promise.all([
    openpgp.readKey({ binaryKey: certificate, config }),
    openpgp.readSignature({ binarySignature: signature, config }),
    openpgp.createMessage({ binary: payload }),
  ]);
  const [packet] = detached.packets;
  const [data] = message.packets;
  // Of a kind that the library does not know, a packet is one that it could not read.
  if (!(packet instanceof openpgp.SignaturePacket) || packet.signatureType === null || data === undefined) return { kind: 'unreadable' };
  const type = packet.signatureType;
  for (const signing of key.getKeys(packet.issuerKeyID)) {
    // On Node, OpenPGP.js asks for another module to verify with these, which it does not bring.
    if (signing.getAlgorithmInfo().curve?.startsWith('brainpool')) return { kind: 'unreadable' };
    const matches = await packet.verify(signing.keyPacket, type, data, new Date(nowMs), true, config).then(
      () => signing.keyPacket.created.getTime() <= createdMs(packet),
      () => false,
    );
    if (matches) return await fitness({ key, signing, config }, createdMs(packet), nowMs);
  }
  return { kind: 'mismatch' };
}

function configOf({ config, enums }: Library): Config {
  const { md5, ripemd, sha1 } = enums.hash;
  const { dsa, elgamal } = enums.publicKey;
  return {
    ...config,
    minRSABits: MIN_RSA_BITS,
    allowMissingKeyFlags: false,
    // Of signatures on keys, whose text the owner alone decides; gpg made them with SHA-1 for long.
    rejectHashAlgorithms: new Set([md5, ripemd]),
    rejectMessageHashAlgorithms: new Set([md5, ripemd, sha1]),
    rejectPublicKeyAlgorithms: new Set([dsa, elgamal]),
    rejectCurves: new Set([enums.curve.secp256k1]),
  };
}

/** A certificate, and the key of it that made the signature. */
interface SigningKey {
  readonly key: Key;
  readonly signing: Key | Subkey;
  readonly config: Config;
}

/** Whether a key that made a signature was allowed to. */
async function fitness(signer: SigningKey, signedMs: number, nowMs: number): Promise<KeyVerdict> {
  const { key, signing, config } = signer;
  const now = new Date(nowMs);
  if (await isRevoked(signer, now)) return { kind: 'revoked' };
  // Keys are exported with their newest signatures on themselves alone: these speak for the time before them, too.
  const thenMs = Math.max(signedMs, oldestSelfSignatureMs(key), 'bindingSignatures' in signing ? oldestMs(signing.bindingSignatures) : 0);
  for (const date of [new Date(Math.min(thenMs, nowMs)), now]) {
    const fits = await key.getSigningKey(signing.getKeyID(), date, undefined, config).then(
      () => true,
      () => false,
    );
    if (fits) continue;
    const expiredMs = await expiryMs(signer, date);
    return expiredMs <= date.getTime() ? { kind: 'expired', expiredMs } : { kind: 'not-for-signing' };
  }
  return { kind: 'good', fingerprint: signing.getFingerprint() };
}

async function isRevoked({ key, signing, config }: SigningKey, now: Date): Promise<boolean> {
  if (await key.isRevoked(undefined, undefined, now, config)) return true;
  if (!('bindingSignatures' in signing)) return false;
  const revocations = await Promise.all(
    signing.bindingSignatures.map((binding) => signing.isRevoked(binding, key.keyPacket, now, config).catch(() => false)),
  );
  return revocations.includes(true);
}

/** The earlier one of the primary key's and the subkey's; infinite when neither expires, or that cannot be told. */
async function expiryMs({ key, signing, config }: SigningKey, date: Date): Promise<number> {
  const times = await Promise.all([
    key.getExpirationTime(undefined, config).catch(() => null),
    'bindingSignatures' in signing ? signing.getExpirationTime(date, config).catch(() => null) : null,
  ]);
  return Math.min(...times.map((time) => (time === null ? Number.POSITIVE_INFINITY : Number(time))));
}

const oldestSelfSignatureMs = (key: Key): number => oldestMs(key.users.flatMap(({ selfCertifications }) => selfCertifications));

const oldestMs = (signatures: readonly SignaturePacket[]): number => (signatures.length === 0 ? 0 : Math.min(...signatures.map(createdMs)));

const createdMs = ({ created }: SignaturePacket): number => created?.getTime() ?? 0;
