import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { deflateSync } from 'node:zlib';

const MAX_PACKET = 65_000;

const packet = (band: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from((bytes.length + 5).toString(16).padStart(4, '0')), Buffer.from([band]), bytes]);

/** The beginning of the answer to a fetch, in version 2 of the protocol. */
export const PACKFILE = Buffer.from('000dpackfile\n');

/** Bytes of a pack on their way (gitprotocol-pack, side-band-64k). */
export function sideBand(bytes: Buffer): Buffer {
  const packets: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += MAX_PACKET) packets.push(packet(1, bytes.subarray(at, at + MAX_PACKET)));
  return Buffer.concat(packets);
}

/** Answers a fetch with a pack of one's own. */
export function answerWithPack(response: ServerResponse, pack: Buffer): void {
  response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
  response.end(Buffer.concat([PACKFILE, sideBand(pack), Buffer.from('0000')]));
}

/** A pack (gitformat-pack) of entries, whose header may claim another number of them. */
export function packOf(entries: readonly Buffer[], claimed = entries.length): Buffer {
  const header = Buffer.alloc(12);
  header.write('PACK');
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(claimed, 8);
  const content = Buffer.concat([header, ...entries]);
  return Buffer.concat([content, createHash('sha1').update(content).digest()]);
}

const BLOB = 3;
const OFS_DELTA = 6;

export const blobEntry = (content: Buffer): Buffer => Buffer.concat([entryHeader(BLOB, content.length), deflateSync(content)]);

/** A delta on the entry so many bytes before it. */
export const deltaEntry = (back: number, delta: Buffer): Buffer =>
  Buffer.concat([entryHeader(OFS_DELTA, delta.length), offset(back), deflateSync(delta)]);

/** Instructions to copy the whole source so many times; the header may claim another size. */
export function copies(sourceSize: number, times: number, claimed = sourceSize * times): Buffer {
  // Size in three bytes, offset 0: `1sss0000` with all three s.
  const copy = Buffer.from([0b1111_0000, sourceSize & 0xff, (sourceSize >> 8) & 0xff, (sourceSize >> 16) & 0xff]);
  return Buffer.concat([sizeOf(sourceSize), sizeOf(claimed), ...Array.from({ length: times }, () => copy)]);
}

function entryHeader(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 0x0f)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

function sizeOf(size: number): Buffer {
  const bytes: number[] = [];
  for (let rest = size; rest > 0 || bytes.length === 0; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
  return Buffer.from(bytes);
}

function offset(back: number): Buffer {
  const bytes = [back & 0x7f];
  for (let rest = back >> 7; rest > 0; rest >>= 7) bytes.unshift(0x80 | (--rest & 0x7f));
  return Buffer.from(bytes);
}
