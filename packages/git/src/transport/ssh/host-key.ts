import { createHash } from 'node:crypto';

/** A server's public key, as SSH sends it and known_hosts has it in base64 (RFC 4253, 6.6). */
export interface HostKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, `ssh-rsa` … */
  readonly type: string;
  readonly blob: Buffer;
}

/** Undefined for what is no key. */
export function parseHostKey(blob: Buffer): HostKey | undefined {
  const type = fieldAt(blob, 0)?.toString('latin1');
  return type === undefined || !/^[\x21-\x7e]{1,64}$/.test(type) ? undefined : { type, blob };
}

/** As `ssh-keygen -l` shows it. */
export const fingerprintOf = ({ blob }: HostKey): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replaceAll('=', '')}`;

/** The size of an RSA key; undefined for others. */
export function rsaBits({ type, blob }: HostKey): number | undefined {
  if (type !== 'ssh-rsa') return undefined;
  const exponentAt = 4 + type.length;
  const exponent = fieldAt(blob, exponentAt);
  const modulus = exponent === undefined ? undefined : fieldAt(blob, exponentAt + 4 + exponent.length);
  if (modulus === undefined) return 0;
  const first = modulus.findIndex((byte) => byte !== 0);
  return first < 0 ? 0 : (modulus.length - first) * 8 - Math.clz32(modulus[first] ?? 0) + 24;
}

function fieldAt(blob: Buffer, at: number): Buffer | undefined {
  if (at + 4 > blob.length) return undefined;
  const length = blob.readUInt32BE(at);
  return at + 4 + length > blob.length ? undefined : blob.subarray(at + 4, at + 4 + length);
}
