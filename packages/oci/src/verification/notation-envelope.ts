import { constants, type KeyObject, verify, X509Certificate } from 'node:crypto';
import { ensure } from './verdict.ts';

/** A notation signature whose bytes were signed with the leaf's key. Whether anybody should trust that leaf is another question. */
export interface SignedEnvelope {
  readonly payload: Uint8Array;
  readonly contentType: string;
  /** Leaf first, as the signer ordered it. */
  readonly chain: readonly Uint8Array[];
  readonly scheme: 'notary.x509' | 'notary.x509.signingAuthority';
  /** For `notary.x509.signingAuthority` the authority vouches for it; else it is the signer's word. */
  readonly signingTimeMs: number;
  readonly expiryMs: number | undefined;
}

/** The headers both envelopes have, under the same names. */
export const Header = {
  expiry: 'io.cncf.notary.expiry',
  scheme: 'io.cncf.notary.signingScheme',
  signingTime: 'io.cncf.notary.signingTime',
  authenticSigningTime: 'io.cncf.notary.authenticSigningTime',
} as const;

const MAX_CHAIN = 10;

/** What an envelope's format says in its own way: protected headers by name, with times already read. */
export interface ProtectedHeaders {
  readonly get: (name: string) => unknown;
  readonly time: (name: string) => number | undefined;
  readonly critical: readonly unknown[];
}

/**
 * Reads the signed attributes. Throws {@link Rejection} if one that changes the meaning is not marked critical, or if anything critical is
 * not known here: that includes signatures which ask for a verification plugin.
 */
export function readAttributes({ get, time, critical }: ProtectedHeaders): Pick<SignedEnvelope, 'scheme' | 'signingTimeMs' | 'expiryMs'> {
  const scheme = get(Header.scheme);
  ensure(scheme === 'notary.x509' || scheme === 'notary.x509.signingAuthority', 'the signature has an unknown signing scheme');
  const byAuthority = scheme === 'notary.x509.signingAuthority';
  const timeHeader = byAuthority ? Header.authenticSigningTime : Header.signingTime;
  const signingTimeMs = time(timeHeader);
  ensure(signingTimeMs !== undefined, `the signature has no '${timeHeader}'`);
  const expiryMs = time(Header.expiry);
  ensure(expiryMs === undefined || expiryMs > signingTimeMs, 'the signature expires before it was made');

  const mustBe = [Header.scheme, ...(expiryMs === undefined ? [] : [Header.expiry]), ...(byAuthority ? [timeHeader] : [])];
  for (const name of mustBe) ensure(critical.includes(name), `the signature does not mark '${name}' as critical`);
  for (const name of critical) {
    ensure(
      mustBe.some((known) => known === name),
      `the signature has the critical attribute '${String(name)}', which needs a plugin`,
    );
  }
  return { scheme, signingTimeMs, expiryMs };
}

/** The one algorithm notation allows for a kind and size of key (signature-specification.md, "Algorithm Selection"). */
export type Algorithm = 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';

const DIGESTS: Readonly<Record<Algorithm, string>> = {
  PS256: 'sha256',
  PS384: 'sha384',
  PS512: 'sha512',
  ES256: 'sha256',
  ES384: 'sha384',
  ES512: 'sha512',
};
const RSA: Readonly<Record<number, Algorithm>> = { 2048: 'PS256', 3072: 'PS384', 4096: 'PS512' };
const EC: Readonly<Record<string, Algorithm>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** Throws {@link Rejection} unless the leaf's key made the signature, by the algorithm that belongs to such a key. */
export function checkSignature(
  leaf: Uint8Array,
  signed: Uint8Array,
  { algorithm, signature }: { readonly algorithm: unknown; readonly signature: Uint8Array },
): void {
  const key = new X509Certificate(leaf).publicKey;
  const expected = algorithmOf(key);
  ensure(expected !== undefined, "the signing certificate's key is of a kind or size that notation does not allow");
  ensure(algorithm === expected, `the signature's algorithm is not the ${expected} of its certificate`);
  const options = expected.startsWith('PS')
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { key, dsaEncoding: 'ieee-p1363' as const };
  ensure(verify(DIGESTS[expected], signed, options, signature), 'the signature is not that of its certificate');
}

function algorithmOf(key: KeyObject): Algorithm | undefined {
  const { modulusLength = 0, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa') return RSA[modulusLength];
  return key.asymmetricKeyType === 'ec' ? EC[namedCurve] : undefined;
}

/** Throws {@link Rejection} unless it is a list of one certificate at least, and not of too many to check. */
export function checkChainLength(chain: readonly unknown[]): void {
  ensure(chain.length > 0 && chain.length <= MAX_CHAIN, `the signature has not between 1 and ${MAX_CHAIN} certificates`);
}
