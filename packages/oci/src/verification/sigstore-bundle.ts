import { type Bundle, bundleFromJSON } from '@sigstore/bundle';
import { dsse } from '@sigstore/core';
import { parseObject } from './manifest.ts';
import { checkStatement, IN_TOTO_TYPE, type Statement } from './statement.ts';
import { ensure } from './verdict.ts';

/** The format cosign 3 writes. Older versions of it were never attached to artifacts, and are checked less strictly by the library. */
const MEDIA_TYPES = ['application/vnd.dev.sigstore.bundle.v0.3+json', 'application/vnd.dev.sigstore.bundle+json;version=0.3'];
/** The library compares entries pairwise. */
const MAX_PROOFS = 16;

/** A Sigstore bundle taken apart. Nothing in it is proven; that its statement is about the subject is checked. */
export interface SignedStatement {
  readonly bundle: Bundle;
  readonly statement: Statement;
  /** The payload, and the bytes the signature is over. */
  readonly payload: Buffer;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

/** Throws {@link Rejection}, or whatever the library throws, unless the bytes are a bundle with an in-toto statement about the digest. */
export function parseBundle(bytes: Uint8Array, digest: string): SignedStatement {
  const json = parseObject(bytes, 'the bundle');
  ensure(
    MEDIA_TYPES.some((type) => type === json.mediaType),
    'the bundle is not of version 0.3',
  );
  const bundle = bundleFromJSON(json);
  const { tlogEntries, timestampVerificationData } = bundle.verificationMaterial;
  const timestamps = timestampVerificationData?.rfc3161Timestamps ?? [];
  ensure(
    tlogEntries.length <= MAX_PROOFS && timestamps.length <= MAX_PROOFS,
    `the bundle has more than ${MAX_PROOFS} log entries or timestamps`,
  );
  ensure(bundle.content.$case === 'dsseEnvelope', 'the bundle holds no DSSE envelope');
  const { payload, payloadType, signatures } = bundle.content.dsseEnvelope;
  ensure(payloadType === IN_TOTO_TYPE, `the bundle's payload is not of the type '${IN_TOTO_TYPE}'`);
  const [first] = signatures;
  ensure(first !== undefined && signatures.length === 1, 'the bundle has not exactly one signature');
  const statement = checkStatement(payload, digest);
  return { bundle, statement, payload, signed: dsse.preAuthEncoding(payloadType, payload), signature: first.sig };
}
