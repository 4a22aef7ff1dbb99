import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { encode, Tagged } from 'cborg';
import type { Claim, Subject } from '../signature-source.ts';
import { authority, type Extension, issue, KeyUsage, keyUsage, Name, pemOf } from './certificates.ts';

const AUTHORITY = 'notary.x509.signingAuthority';
const DAY_MS = 86_400_000;
const PAYLOAD_TYPE = 'application/vnd.cncf.notary.payload.v1+json';

export const KEYS = {
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: () => generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  PS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  PS384: () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
  PS512: () => generateKeyPairSync('rsa', { modulusLength: 4096 }),
} as const;
export type Algorithm = keyof typeof KEYS;
const COSE_ALGORITHMS = { ES256: -7, ES384: -35, ES512: -36, PS256: -37, PS384: -38, PS512: -39 } as const;

export type Names = readonly (readonly [string, string])[];
export const person = (name: string): Names => [
  [Name.country, 'DE'],
  [Name.state, 'Berlin'],
  [Name.organization, 'Notaries, Inc.'],
  [Name.commonName, name],
];

/** What a test may want to be different from a good signature. */
export interface NotaryForgery {
  readonly algorithm?: Algorithm;
  /** The algorithm the header names. */
  readonly claimedAlgorithm?: string;
  readonly subject?: Names;
  readonly leafExtensions?: readonly Extension[];
  readonly caExtensions?: readonly Extension[];
  readonly intermediateExtensions?: readonly Extension[];
  readonly notAfterMs?: number;
  readonly notBeforeMs?: number;
  /** Certificates of the chain, by place. */
  readonly chain?: (leaf: Buffer, intermediate: Buffer, root: Buffer) => readonly Buffer[];
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly critical?: readonly string[];
  readonly scheme?: string;
  readonly target?: Readonly<Record<string, unknown>>;
  readonly contentType?: string;
}

/** A certification authority with one intermediate, and a signer of notation envelopes below it. */
export function createNotary(nowMs: number) {
  const [rootKeys, middleKeys] = [KEYS.ES256(), KEYS.ES256()];
  const valid = { notBeforeMs: nowMs - DAY_MS, notAfterMs: nowMs + DAY_MS };
  const rootName = person('root');
  const certify = (names: { subject: Names; issuer: Names }, keys: { publicKey: KeyObject; signWith: KeyObject }, extensions: readonly Extension[]) =>
    issue({ ...valid, ...names, ...keys, extensions });
  const root = certify({ subject: rootName, issuer: rootName }, { publicKey: rootKeys.publicKey, signWith: rootKeys.privateKey }, [
    authority(),
    keyUsage(KeyUsage.certificateSigning),
  ]);

  function signer(forgery: NotaryForgery) {
    const keys = KEYS[forgery.algorithm ?? 'ES256']();
    const middleName = person('intermediate');
    const middle = certify(
      { subject: middleName, issuer: rootName },
      { publicKey: middleKeys.publicKey, signWith: rootKeys.privateKey },
      forgery.intermediateExtensions ?? [authority(0), keyUsage(KeyUsage.certificateSigning)],
    );
    const leaf = issue({
      notBeforeMs: forgery.notBeforeMs ?? valid.notBeforeMs,
      notAfterMs: forgery.notAfterMs ?? valid.notAfterMs,
      subject: forgery.subject ?? person('signer'),
      issuer: middleName,
      publicKey: keys.publicKey,
      signWith: middleKeys.privateKey,
      extensions: forgery.leafExtensions ?? [keyUsage(KeyUsage.digitalSignature)],
    });
    const chain = forgery.chain === undefined ? [leaf, middle, root] : forgery.chain(leaf, middle, root);
    return { keys, chain };
  }

  function payloadOf({ digest, mediaType, size }: Subject, forgery: NotaryForgery): Buffer {
    return Buffer.from(JSON.stringify({ targetArtifact: { digest, mediaType, size, ...forgery.target } }));
  }

  function jws(subject: Subject, forgery: NotaryForgery = {}): Claim {
    const { keys, chain } = signer(forgery);
    const algorithm = forgery.algorithm ?? 'ES256';
    const headers = {
      alg: forgery.claimedAlgorithm ?? algorithm,
      cty: forgery.contentType ?? PAYLOAD_TYPE,
      crit: forgery.critical ?? ['io.cncf.notary.signingScheme'],
      'io.cncf.notary.signingScheme': forgery.scheme ?? 'notary.x509',
      ...(forgery.scheme === AUTHORITY ? {} : { 'io.cncf.notary.signingTime': new Date(nowMs).toISOString() }),
      ...forgery.headers,
    };
    const encoded = Buffer.from(JSON.stringify(headers)).toString('base64url');
    const payload = payloadOf(subject, forgery).toString('base64url');
    const signature = signWith(keys.privateKey, algorithm, Buffer.from(`${encoded}.${payload}`)).toString('base64url');
    const header = { x5c: chain.map((der) => der.toString('base64')), 'io.cncf.notary.signingAgent': 'tests' };
    return claim('application/jose+json', Buffer.from(JSON.stringify({ payload, protected: encoded, header, signature })));
  }

  function cose(subject: Subject, forgery: NotaryForgery = {}): Claim {
    const { keys, chain } = signer(forgery);
    const algorithm = forgery.algorithm ?? 'ES256';
    const headers = new Map<number | string, unknown>([
      [1, COSE_ALGORITHMS[algorithm]],
      [2, forgery.critical ?? ['io.cncf.notary.signingScheme']],
      [3, forgery.contentType ?? PAYLOAD_TYPE],
      ['io.cncf.notary.signingScheme', forgery.scheme ?? 'notary.x509'],
    ]);
    if (forgery.scheme !== AUTHORITY) headers.set('io.cncf.notary.signingTime', new Tagged(1, Math.floor(nowMs / 1000)));
    for (const [name, value] of Object.entries(forgery.headers ?? {})) {
      headers.set(name, typeof value === 'string' ? new Tagged(1, Math.floor(Date.parse(value) / 1000)) : value);
    }
    const encoded = encode(headers);
    const payload = payloadOf(subject, forgery);
    const signature = signWith(keys.privateKey, algorithm, Buffer.from(encode(['Signature1', encoded, new Uint8Array(), Uint8Array.from(payload)])));
    const parts = [encoded, new Map([[33, chain.map((der) => Uint8Array.from(der))]]), Uint8Array.from(payload), Uint8Array.from(signature)];
    return claim('application/cose', Buffer.from(encode(new Tagged(18, parts))));
  }

  return { jws, cose, rootPem: Buffer.from(pemOf(root)) };
}

function signWith(key: KeyObject, algorithm: Algorithm, bytes: Buffer): Buffer {
  const digest = `sha${algorithm.slice(2)}`;
  return algorithm.startsWith('PS')
    ? sign(digest, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST })
    : sign(digest, bytes, { key, dsaEncoding: 'ieee-p1363' });
}

function claim(mediaType: string, bytes: Buffer): Claim {
  return { format: 'notation', mediaType, digest: '', bytes, annotations: {} };
}
