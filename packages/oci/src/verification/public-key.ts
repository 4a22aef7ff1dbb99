import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { ensure, Rejection } from './verdict.ts';

const MIN_RSA_BITS = 2048;
/** A verification with a longer key takes long enough to be a weapon. */
const MAX_RSA_BITS = 16_384;

/**
 * The digests a signature by a key on this curve may be over: cosign hashes with SHA-256 for Flux, and with the curve's own digest by
 * default since version 3.
 */
const CURVE_DIGESTS: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ['sha256'],
  secp384r1: ['sha256', 'sha384'],
  secp521r1: ['sha256', 'sha512'],
};

/**
 * Reads a PEM public key as `cosign generate-key-pair` writes it: ECDSA on P-256, P-384 or P-521, RSA of at least 2048 bits, or Ed25519
 * (pure, not pre-hashed). Throws {@link Rejection} for all else, private keys among it: Node would derive the public half, and nobody would
 * learn that the secret is in the wrong place.
 */
export function parsePublicKey(pem: Uint8Array): KeyObject {
  const text = new TextDecoder().decode(pem);
  const label = /-----BEGIN ([A-Z ]+)-----/.exec(text)?.[1];
  ensure(
    label === 'PUBLIC KEY' || label === 'RSA PUBLIC KEY',
    label === undefined ? 'it is no PEM' : `it is a PEM '${label}', not a 'PUBLIC KEY'`,
  );
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch {
    throw new Rejection('it is no readable public key');
  }
  checkStrength(key);
  return key;
}

/** Throws {@link Rejection} if a key is of a kind or length that is not accepted for signatures. */
export function checkStrength(key: KeyObject): void {
  const { namedCurve = '', modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return;
    case 'ec':
      ensure(Object.hasOwn(CURVE_DIGESTS, namedCurve), `its curve '${namedCurve}' is none of P-256, P-384 and P-521`);
      return;
    case 'rsa':
      ensure(modulusLength >= MIN_RSA_BITS && modulusLength <= MAX_RSA_BITS, `it is an RSA key of ${modulusLength} bits`);
      return;
    default:
      throw new Rejection(`it is a key of the unsupported kind '${key.asymmetricKeyType}'`);
  }
}

/** Whether the signature (ECDSA: DER; RSA: PKCS #1 v1.5) over the bytes was made with the private half of the key. Never throws. */
export function signedBy(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  return digestsFor(key).some((digest) => {
    try {
      return verify(digest, bytes, key, signature);
    } catch {
      return false;
    }
  });
}

function digestsFor(key: KeyObject): readonly (string | null)[] {
  switch (key.asymmetricKeyType) {
    case 'ed25519':
      return [null];
    case 'rsa':
      return ['sha256'];
    case 'ec':
      return CURVE_DIGESTS[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? [];
    default:
      return [];
  }
}
