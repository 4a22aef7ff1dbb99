import { createHash } from 'node:crypto';
import { Refused } from './outcome.ts';

/** A packet of OpenPGP (RFC 9580, 4), not looked into. */
export interface Packet {
  readonly tag: number;
  readonly body: Buffer;
  /** Where it begins, its header included. */
  readonly start: number;
  readonly end: number;
}

/** Keys that everybody has signed have some ten thousand. */
const MAX_PACKETS = 50_000;

export const Tag = { Signature: 2, SecretKey: 5, PublicKey: 6, SecretSubkey: 7, UserId: 13, PublicSubkey: 14, UserAttribute: 17 } as const;

/**
 * Packets of a length that is told beforehand, one behind the other. Partial and open-ended lengths are for streams: keys and signatures
 * have none.
 */
export function packetsOf(bytes: Buffer): readonly Packet[] {
  const packets: Packet[] = [];
  for (let start = 0; start < bytes.length; ) {
    const { tag, from, length } = headerAt(bytes, start);
    const end = from + length;
    if (end > bytes.length) throw new Refused('an OpenPGP packet ends too early');
    if (packets.length === MAX_PACKETS) throw new Refused(`there are more than ${MAX_PACKETS} OpenPGP packets`);
    packets.push({ tag, body: bytes.subarray(from, end), start, end });
    start = end;
  }
  return packets;
}

function headerAt(bytes: Buffer, start: number): { readonly tag: number; readonly from: number; readonly length: number } {
  const first = bytes[start] ?? 0;
  if ((first & 0x80) === 0) throw new Refused('there is no OpenPGP packet where one should be');
  const at = start + 1;
  if ((first & 0x40) !== 0) {
    const { length, size } = lengthAt(bytes, at);
    return { tag: first & 0x3f, from: at + size, length };
  }
  const size = [1, 2, 4][first & 0x03];
  if (size === undefined || at + size > bytes.length) throw new Refused('an OpenPGP packet has no length');
  return { tag: (first >> 2) & 0x0f, from: at + size, length: bytes.readUIntBE(at, size) };
}

function lengthAt(bytes: Buffer, at: number): { readonly length: number; readonly size: number } {
  const first = bytes[at] ?? 255;
  if (first < 192) return { length: first, size: 1 };
  if (first < 224 && at + 2 <= bytes.length) return { length: ((first - 192) << 8) + bytes.readUInt8(at + 1) + 192, size: 2 };
  if (first === 255 && at + 5 <= bytes.length) return { length: bytes.readUInt32BE(at + 1), size: 5 };
  throw new Refused('an OpenPGP packet has no length');
}

/** In hex; undefined for versions that nobody should trust any more, or that are not there yet. */
export function keyFingerprint({ body }: Packet): string | undefined {
  const version = body[0];
  if (version !== 4 && version !== 6) return undefined;
  const head = Buffer.alloc(version === 4 ? 3 : 5);
  head.writeUInt8(version === 4 ? 0x99 : 0x9b);
  if (version === 4 && body.length > 0xffff) return undefined;
  head.writeUIntBE(body.length, 1, head.length - 1);
  return createHash(version === 4 ? 'sha1' : 'sha256')
    .update(head)
    .update(body)
    .digest('hex');
}

/** The 16 hex digits that a fingerprint is called by for short: its end, or since version 6 its beginning. */
export const keyIdOf = (fingerprint: string): string => (fingerprint.length === 40 ? fingerprint.slice(-16) : fingerprint.slice(0, 16));

/** What a signature says of itself. */
export interface SignatureFacts {
  readonly hash: number;
  readonly type: number;
  readonly createdMs: number;
  /** Undefined when it does not expire. */
  readonly expiresMs: number | undefined;
  /** 16 hex digits, or the fingerprint. A hint where to look, wherever it stands: the key that verifies the signature is its issuer. */
  readonly issuer: string;
}

const SubpacketType = { Created: 2, Expires: 3, IssuerKeyId: 16, IssuerFingerprint: 33 } as const;

/** Reads the one signature packet there is. All but the issuer counts only from the part that is signed. */
export function signatureFactsOf(bytes: Buffer): SignatureFacts {
  const [packet, ...more] = packetsOf(bytes);
  if (packet?.tag !== Tag.Signature || more.length > 0) throw new Refused('the armour holds something else than one OpenPGP signature');
  const { body } = packet;
  const [version, type = 0, , hash = 0] = body;
  if (version !== 4 && version !== 6) throw new Refused('OpenPGP signatures of this version are not supported');
  const hashed = subpacketsOf(body, 4, version);
  const unhashed = subpacketsOf(body, hashed.end, version);
  const created = fieldOf(hashed.subpackets, SubpacketType.Created);
  if (created?.length !== 4) throw new Refused('the OpenPGP signature does not say when it was made');
  const createdMs = created.readUInt32BE() * 1000;
  const lifetime = fieldOf(hashed.subpackets, SubpacketType.Expires);
  if (lifetime !== undefined && lifetime.length !== 4) throw new Refused('the OpenPGP signature is damaged');
  const seconds = lifetime?.readUInt32BE() ?? 0;
  return {
    hash,
    type,
    createdMs,
    expiresMs: seconds === 0 ? undefined : createdMs + seconds * 1000,
    issuer: issuerOf([...hashed.subpackets, ...unhashed.subpackets]),
  };
}

interface Subpacket {
  readonly type: number;
  readonly data: Buffer;
}

function subpacketsOf(body: Buffer, at: number, version: number): { readonly subpackets: readonly Subpacket[]; readonly end: number } {
  const size = version === 4 ? 2 : 4;
  if (at + size > body.length) throw new Refused('the OpenPGP signature ends too early');
  const end = at + size + body.readUIntBE(at, size);
  if (end > body.length) throw new Refused('the OpenPGP signature ends too early');
  const subpackets: Subpacket[] = [];
  for (let from = at + size; from < end; ) {
    // Of two octets up to 254, unlike packets.
    const first = body.readUInt8(from);
    const two = first >= 192 && first < 255 && from + 2 <= end;
    const { length, size: lengthSize } = two
      ? { length: ((first - 192) << 8) + body.readUInt8(from + 1) + 192, size: 2 }
      : lengthAt(body, from);
    from += lengthSize;
    if (length < 1 || from + length > end) throw new Refused('the OpenPGP signature is damaged');
    subpackets.push({ type: body.readUInt8(from) & 0x7f, data: body.subarray(from + 1, from + length) });
    from += length;
  }
  return { subpackets, end };
}

function fieldOf(subpackets: readonly Subpacket[], wanted: number): Buffer | undefined {
  const [found, ...more] = subpackets.filter(({ type }) => type === wanted);
  if (more.length > 0) throw new Refused('the OpenPGP signature says the same thing twice');
  return found?.data;
}

function issuerOf(subpackets: readonly Subpacket[]): string {
  const ids = subpackets.filter(({ type }) => type === SubpacketType.IssuerKeyId).map(({ data }) => data.toString('hex'));
  const fingerprints = subpackets.filter(({ type }) => type === SubpacketType.IssuerFingerprint).map(({ data }) => data.toString('hex', 1));
  const issuer = fingerprints[0] ?? ids[0];
  if (issuer === undefined) throw new Refused('the OpenPGP signature does not say which key made it');
  const id = fingerprints[0] === undefined ? issuer : keyIdOf(issuer);
  if (
    !/^(?:[0-9a-f]{16}|[0-9a-f]{40}|[0-9a-f]{64})$/.test(issuer) ||
    [...ids, ...fingerprints.map(keyIdOf)].some((other) => other !== id)
  ) {
    throw new Refused('the OpenPGP signature names more than one key');
  }
  return issuer;
}
