import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';

export const TYPE = { commit: 1, tree: 2, blob: 3, tag: 4, reserved: 5, ofsDelta: 6, refDelta: 7 } as const;

/** A variable-length size as deltas have it: seven bits a byte, least significant first. */
export function sizeOf(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return Buffer.from([...bytes, left]);
}

/** The header of a pack's object: type and size. */
export function headerOf(type: number, size: number): Buffer {
  const first = (type << 4) | (size % 16);
  return size < 16 ? Buffer.from([first]) : Buffer.concat([Buffer.from([first | 0x80]), sizeOf(Math.floor(size / 16))]);
}

const NOTHING: Buffer = Buffer.alloc(0);

/** An object of a pack. `size` may lie, `base` is what stands between header and content for a delta. */
export function entryOf(type: number, content: Buffer | string, { size = content.length, base = NOTHING } = {}): Buffer {
  return Buffer.concat([headerOf(type, size), base, deflateSync(content)]);
}

/** How far back the base of a delta lies: seven bits a byte, most significant first, each but the last less one. */
export function distanceOf(distance: number): Buffer {
  const bytes = [distance % 128];
  for (let left = Math.floor(distance / 128); left > 0; left = Math.floor(left / 128)) {
    left -= 1;
    bytes.unshift((left % 128) | 0x80);
  }
  return Buffer.from(bytes);
}

/** A pack of these entries, with a trailer that is right. `count` may lie. */
export function packOf(entries: readonly Buffer[], { count = entries.length, version = 2 } = {}): Buffer {
  const header = Buffer.alloc(12);
  header.write('PACK');
  header.writeUInt32BE(version, 4);
  header.writeUInt32BE(count, 8);
  const body = Buffer.concat([header, ...entries]);
  return Buffer.concat([body, createHash('sha1').update(body).digest()]);
}

export const idOf = (type: string, content: Buffer | string): string =>
  createHash('sha1')
    .update(`${type} ${Buffer.byteLength(content)}\0`)
    .update(content)
    .digest('hex');

/** A delta that appends `text` to its base. */
export function appending(base: Buffer, text: string): Buffer {
  const copy = base.length === 0 ? Buffer.alloc(0) : copyOf(0, base.length);
  return Buffer.concat([sizeOf(base.length), sizeOf(base.length + text.length), copy, Buffer.from([text.length]), Buffer.from(text)]);
}

/** The instruction that copies from the base. */
export function copyOf(offset: number, length: number): Buffer {
  const bytes = [0x80 | 0x7f];
  for (let bit = 0; bit < 4; bit++) bytes.push(Math.floor(offset / 256 ** bit) % 256);
  for (let bit = 0; bit < 3; bit++) bytes.push(Math.floor(length / 256 ** bit) % 256);
  return Buffer.from(bytes);
}

export interface TreeEntry {
  readonly mode: string;
  readonly name: string | Buffer;
  readonly oid: string;
}

/** The content of a tree, in the order given. */
export const treeContent = (entries: readonly TreeEntry[]): Buffer =>
  Buffer.concat(
    entries.flatMap(({ mode, name, oid }) => [Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(oid, 'hex')]),
  );
