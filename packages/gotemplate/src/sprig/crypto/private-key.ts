import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { CallContext } from '../../value/model.ts';
import { COST } from './cost.ts';
import { integer, sequence } from './der.ts';
import { elementsOfDer, firstElement } from './der-reader.ts';
import { renderPem } from './pem.ts';

/** A private key, and what kind it is; keys for DSA can be read and made, but not used. */
export type PrivateKey = UsableKey | { readonly kind: 'dsa' };
export interface UsableKey {
  readonly kind: 'rsa' | 'ec' | 'ed25519' | 'x25519';
  readonly key: KeyObject;
}

type Spend = Pick<CallContext, 'spend'>;

/** Of 2048 bits. */
export function generateRsaKey({ spend }: Spend): UsableKey {
  spend(COST.rsa2048);
  return { kind: 'rsa', key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey };
}

/** A new key as PEM: `rsa` of 4096 bits, `dsa`, `ecdsa` on P-256 or `ed25519`; words in its place for a kind that there is not. */
export function generateKeyPem(kind: string, { spend }: Spend): string {
  switch (kind) {
    case '':
    case 'rsa':
      spend(COST.rsa4096);
      return renderKey({ kind: 'rsa', key: generateKeyPairSync('rsa', { modulusLength: 4096 }).privateKey });
    case 'dsa':
      spend(COST.dsa);
      return renderPem({ type: 'DSA PRIVATE KEY', bytes: dsaKey() });
    case 'ecdsa':
      spend(COST.curve);
      return renderKey({ kind: 'ec', key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey });
    case 'ed25519':
      spend(COST.curve);
      return renderKey({ kind: 'ed25519', key: generateKeyPairSync('ed25519').privateKey });
    default:
      return `Unknown type ${kind}`;
  }
}

/** Version, p, q, g, y and x in a row, which is what OpenSSL writes and nobody standardised. */
function dsaKey(): Uint8Array {
  const { privateKey, publicKey } = generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 });
  const [, algorithm, secret] = elementsOfDer(firstElement(privateKey.export({ type: 'pkcs8', format: 'der' })).content);
  const [, parameters] = elementsOfDer(algorithm?.content ?? new Uint8Array());
  const [, shared] = elementsOfDer(firstElement(publicKey.export({ type: 'spki', format: 'der' })).content);
  const x = secret?.content ?? new Uint8Array();
  const y = shared?.content.subarray(1) ?? new Uint8Array();
  return sequence(integer(0n), parameters?.content ?? new Uint8Array(), y, x);
}

/** As Go writes the key: PKCS #1 for RSA, SEC 1 for curves of NIST, PKCS #8 for all else. */
export function renderKey({ kind, key }: UsableKey): string {
  switch (kind) {
    case 'rsa':
      return renderPem({ type: 'RSA PRIVATE KEY', bytes: key.export({ type: 'pkcs1', format: 'der' }) });
    case 'ec':
      return renderPem({ type: 'EC PRIVATE KEY', bytes: key.export({ type: 'sec1', format: 'der' }) });
    case 'ed25519':
    case 'x25519':
      return renderPem({ type: 'PRIVATE KEY', bytes: key.export({ type: 'pkcs8', format: 'der' }) });
  }
}
