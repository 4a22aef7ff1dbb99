import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { FunctionError } from '../../value/function.ts';
import type { CallContext } from '../../value/model.ts';
import { COST } from './cost.ts';
import { NULL, objectIdentifier, sequence } from './der.ts';
import type { PrivateKey } from './private-key.ts';

/** How a key signs certificates: with which hash, if the algorithm does not bring its own. */
export interface Signer {
  readonly key: KeyObject;
  readonly algorithm: Uint8Array;
  readonly hash: 'sha256' | 'sha384' | 'sha512' | null;
}

const ECDSA: Readonly<Record<string, { readonly id: string; readonly hash: Signer['hash'] }>> = {
  secp384r1: { id: '1.2.840.10045.4.3.3', hash: 'sha384' },
  secp521r1: { id: '1.2.840.10045.4.3.4', hash: 'sha512' },
};
const ECDSA_WITH_SHA256 = { id: '1.2.840.10045.4.3.2', hash: 'sha256' } as const;

/** The key in the form that certificates have it in. */
export const publicKeyOf = (key: KeyObject): Uint8Array => createPublicKey(key).export({ type: 'spki', format: 'der' });

/** What the key signs with, if that is left to it. Throws `FunctionError` for one that does not sign. */
export function signerOf(from: PrivateKey): Signer {
  switch (from.kind) {
    case 'rsa':
      return { key: from.key, hash: 'sha256', algorithm: sequence(objectIdentifier('1.2.840.113549.1.1.11'), NULL) };
    case 'ec': {
      const { id, hash } = ECDSA[from.key.asymmetricKeyDetails?.namedCurve ?? ''] ?? ECDSA_WITH_SHA256;
      return { key: from.key, hash, algorithm: sequence(objectIdentifier(id)) };
    }
    case 'ed25519':
      return { key: from.key, hash: null, algorithm: sequence(objectIdentifier('1.3.101.112')) };
    case 'dsa':
    case 'x25519':
      throw new FunctionError('error creating certificate: x509: certificate private key does not implement crypto.Signer');
  }
}

const MIN_RSA_BITS = 1024;

/** Throws `FunctionError` for a key that is too short, and where the parts of one do not belong together, so that nobody could verify what it signs. */
export function signed(bytes: Uint8Array, { key, hash }: Signer, { spend }: CallContext): Uint8Array {
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MIN_RSA_BITS) {
    const where = 'see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size';
    throw new FunctionError(`error creating certificate: crypto/rsa: ${bits}-bit keys are insecure (${where})`);
  }
  spend(COST.signature * Math.max(1, ((bits ?? 0) / 2048) ** 3));
  const signature = verifiedSignature(bytes, { key, hash });
  if (signature !== undefined) return signature;
  throw new FunctionError('error creating certificate: x509: signature returned by signer is invalid: crypto/rsa: verification error');
}

function verifiedSignature(bytes: Uint8Array, { key, hash }: Pick<Signer, 'key' | 'hash'>): Uint8Array | undefined {
  try {
    const signature = sign(hash, bytes, key);
    return verify(hash, bytes, createPublicKey(key), signature) ? signature : undefined;
  } catch {
    // With numbers that are no key, OpenSSL may not even come to a signature.
    return undefined;
  }
}
