import { armoursOf, openpgpBytesOf } from './armour.ts';
import { keyFingerprint, keyIdOf, type Packet, packetsOf, Tag } from './openpgp-packets.ts';
import { Refused } from './outcome.ts';

/** A primary key with its users, subkeys and their signatures: looked into only when it is needed. */
export interface Certificate {
  readonly bytes: Buffer;
  /** Of the primary key. */
  readonly fingerprint: string;
  /** Of the primary key and the subkeys. */
  readonly fingerprints: readonly string[];
}

const MAX_KEYRING_BYTES = 1024 * 1024;
/** An RSA key of 16,384 bits is a quarter of that. */
const MAX_KEY_BYTES = 8 * 1024;
const PUBLIC_LABEL = 'PGP PUBLIC KEY BLOCK';

/**
 * Every certificate of a file: of each armour in it, and of each key in an armour. Throws `Refused` when the file holds anything else, or
 * no key.
 */
export function certificatesOf(text: string): readonly Certificate[] {
  if (text.length > MAX_KEYRING_BYTES) throw new Refused(`it is larger than ${MAX_KEYRING_BYTES} bytes`);
  const certificates = armoursOf(text).flatMap((armour) => {
    if (armour.label !== PUBLIC_LABEL) throw new Refused('it holds something else than OpenPGP public keys');
    const bytes = openpgpBytesOf(armour);
    const packets = packetsOf(bytes);
    const starts = packets.flatMap(({ tag }, index) => (tag === Tag.PublicKey ? [index] : []));
    return starts.flatMap((start, nth) => certificateOf(bytes, packets.slice(start, starts[nth + 1])));
  });
  if (certificates.length === 0) throw new Refused('it holds no OpenPGP public key');
  return certificates;
}

/** None for a primary key that nobody could use. */
function certificateOf(bytes: Buffer, packets: readonly Packet[]): readonly Certificate[] {
  const keys = packets.filter(({ tag }) => tag === Tag.PublicKey || tag === Tag.PublicSubkey);
  const fingerprints = keys.map((key) => (key.body.length > MAX_KEY_BYTES ? undefined : keyFingerprint(key)));
  const [fingerprint] = fingerprints;
  const [first, last] = [packets[0], packets.at(-1)];
  if (fingerprint === undefined || first === undefined || last === undefined) return [];
  return [{ bytes: bytes.subarray(first.start, last.end), fingerprint, fingerprints: fingerprints.filter((known) => known !== undefined) }];
}

/** Whether a key of it is the one that a signature names, by 16 digits or all. */
export const holds = ({ fingerprints }: Certificate, issuer: string): boolean =>
  fingerprints.some((fingerprint) => (issuer.length === 16 ? keyIdOf(fingerprint) : fingerprint) === issuer);
