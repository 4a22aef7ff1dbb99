import { createHash, type KeyObject, sign } from 'node:crypto';
import { explicit, integer, octets, oid, sequence, set, time } from './der.ts';

const SHA256 = '2.16.840.1.101.3.4.2.1';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const SIGNED_DATA = '1.2.840.113549.1.7.2';
const TIMESTAMP_INFO = '1.2.840.113549.1.9.16.1.4';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4';

export interface TimestampRequest {
  /** What is stamped. */
  readonly bytes: Uint8Array;
  readonly atMs: number;
  /** Of the authority's certificate. */
  readonly issuer: Buffer;
  readonly serial: number;
  readonly key: KeyObject;
}

/** The answer of a timestamp authority (RFC 3161): a time over bytes, signed with ECDSA. */
export function timestamp({ bytes, atMs, issuer, serial, key }: TimestampRequest): Buffer {
  const hash = (content: Uint8Array): Buffer => createHash('sha256').update(content).digest();
  const info = sequence(integer(1), oid('1.3.6.1.4.1.57264.2'), sequence(sequence(oid(SHA256)), octets(hash(bytes))), integer(1), time(atMs));
  const attributes = [sequence(oid(CONTENT_TYPE), set(oid(TIMESTAMP_INFO))), sequence(oid(MESSAGE_DIGEST), set(octets(hash(info))))];
  const signature = sign('sha256', set(...attributes), key);
  const signer = sequence(
    integer(1),
    sequence(issuer, integer(serial)),
    sequence(oid(SHA256)),
    explicit(0, Buffer.concat(attributes)),
    sequence(oid(ECDSA_WITH_SHA256)),
    octets(signature),
  );
  const signed = sequence(integer(3), set(sequence(oid(SHA256))), sequence(oid(TIMESTAMP_INFO), explicit(0, octets(info))), set(signer));
  return sequence(sequence(integer(0)), sequence(oid(SIGNED_DATA), explicit(0, signed)));
}
