import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { Refused } from './outcome.ts';
import { WireReader } from './ssh-wire.ts';

/** A public key that may sign. */
export interface SshKey {
  readonly type: string;
  /** What it is told apart by: two keys are one when their blobs are. */
  readonly blob: Buffer;
  /** As `ssh-keygen -l` shows it. */
  readonly fingerprint: string;
  readonly key: KeyObject;
  /** Of a key in a security token: what the token was asked to sign for. */
  readonly application: Buffer | undefined;
}

export const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 16_384;
const MAX_RSA_EXPONENT_BYTES = 8;

const CURVES: Readonly<Record<string, { readonly jwk: string; readonly bytes: number }>> = {
  nistp256: { jwk: 'P-256', bytes: 32 },
  nistp384: { jwk: 'P-384', bytes: 48 },
  nistp521: { jwk: 'P-521', bytes: 66 },
};

/**
 * Reads a public key (RFC 4253, 6.6). Throws `Refused` for damage, for certificates, and for kinds of keys that no signature should be
 * trusted from.
 */
export function parseSshKey(blob: Buffer): SshKey {
  const reader = new WireReader(blob);
  const type = reader.text();
  const parts = { type, blob, fingerprint: fingerprintOf(blob) };
  const done = (key: KeyObject, application?: Buffer): SshKey => {
    reader.end();
    return { ...parts, key, application };
  };
  switch (type) {
    case 'ssh-ed25519':
      return done(ed25519(reader.string()));
    case 'sk-ssh-ed25519@openssh.com':
      return done(ed25519(reader.string()), reader.string());
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521':
      return done(ecdsa(type.slice('ecdsa-sha2-'.length), reader));
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return done(ecdsa('nistp256', reader), reader.string());
    case 'ssh-rsa':
      return done(rsa(reader));
    default:
      if (type.includes('-cert-v0')) throw new Refused(`SSH certificates are not supported (${parts.fingerprint})`);
      throw new Refused(`SSH keys of this type are not supported (${parts.fingerprint})`);
  }
}

export const fingerprintOf = (blob: Uint8Array): string =>
  `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')}`;

function ed25519(point: Buffer): KeyObject {
  if (point.length !== 32) throw new Refused('an Ed25519 key is not 32 bytes long');
  return publicKey({ kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url') });
}

function ecdsa(name: string, reader: WireReader): KeyObject {
  const curve = CURVES[name];
  if (curve === undefined || reader.text() !== name) throw new Refused('an ECDSA key names another curve than its type');
  const point = reader.string();
  // Compressed points are forbidden (RFC 5656, 3.1 allows them, OpenSSH does not).
  if (point.length !== 1 + 2 * curve.bytes || point[0] !== 4) throw new Refused('an ECDSA key holds no point of its curve');
  const [x, y] = [point.subarray(1, 1 + curve.bytes), point.subarray(1 + curve.bytes)];
  return publicKey({ kty: 'EC', crv: curve.jwk, x: x.toString('base64url'), y: y.toString('base64url') });
}

function rsa(reader: WireReader): KeyObject {
  const [exponent, modulus] = [reader.mpint(), reader.mpint()];
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24;
  if (bits < MIN_RSA_BITS) throw new Refused(`RSA keys of less than ${MIN_RSA_BITS} bits are refused`);
  if (bits > MAX_RSA_BITS || exponent.length > MAX_RSA_EXPONENT_BYTES) throw new Refused('an RSA key is too large');
  return publicKey({ kty: 'RSA', n: modulus.toString('base64url'), e: exponent.toString('base64url') });
}

function publicKey(key: Readonly<Record<string, string>>): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    throw new Refused('an SSH key is damaged');
  }
}
