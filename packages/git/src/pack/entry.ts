import { inflateSync } from 'node:zlib';
import { GitError } from '../git-error.ts';
import type { ObjectType } from './object-store.ts';

const TYPES: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const OFS_DELTA = 6;
const REF_DELTA = 7;
/** Of the digits of a size: more would be beyond what a number can hold. */
const MAX_SCALE = 2 ** 46;

/** More than any header takes: type and size in nine bytes, a base in twenty. */
export const MAX_HEADER_BYTES = 64;
/** A header of one byte, and nothing compressed. */
export const MIN_ENTRY_BYTES = 9;

/** What a delta changes: the entry at an offset, or the object with an id. */
export type Base = number | string;

/** The header of an object in a pack. */
export interface EntryHeader {
  /** A type, or what a delta is based on. */
  readonly kind: ObjectType | { readonly base: Base };
  /** Bytes when inflated, as the pack says: of the object, or of the delta. */
  readonly size: number;
  /** Bytes of the header. */
  readonly length: number;
}

/** Reads the header at the start of `bytes`, which stands at `offset` of the pack. Throws `GitError`. */
export function readEntryHeader(bytes: Buffer, offset: number, maxObjectBytes: number): EntryHeader {
  let at = 0;
  const next = (): number => {
    const byte = bytes[at];
    if (byte === undefined) throw new GitError('protocol', 'the pack ends in the middle of an object');
    at += 1;
    return byte;
  };
  let byte = next();
  const code = (byte >> 4) & 7;
  let size = byte & 15;
  for (let scale = 16; (byte & 0x80) !== 0; scale *= 128) {
    byte = next();
    size += (byte & 0x7f) * scale;
    if (size > maxObjectBytes) throw new GitError('too-large', `an object of the repository is larger than ${maxObjectBytes} bytes`);
    if (scale > MAX_SCALE) throw new GitError('protocol', 'the pack holds a size without end');
  }
  const type = TYPES[code];
  if (type !== undefined) return { kind: type, size, length: at };
  if (code === REF_DELTA) {
    at += 20;
    if (at > bytes.length) throw new GitError('protocol', 'the pack ends in the middle of an object');
    return { kind: { base: bytes.toString('hex', at - 20, at) }, size, length: at };
  }
  if (code !== OFS_DELTA) throw new GitError('protocol', `the pack holds an object of unknown type ${code}`);
  let digit = next();
  let distance = digit & 0x7f;
  while ((digit & 0x80) !== 0) {
    digit = next();
    distance = (distance + 1) * 128 + (digit & 0x7f);
    if (distance > offset) throw new GitError('protocol', 'a delta refers to before the pack');
  }
  if (distance === 0) throw new GitError('protocol', 'a delta refers to itself');
  return { kind: { base: offset - distance }, size, length: at };
}

/** What so many bytes are likely to take at most when compressed. */
export const mostCompressed = (size: number): number => size + (size >> 3) + 4096;

export interface Inflated {
  readonly content: Buffer;
  /** Bytes of the input that were read for it. */
  readonly consumed: number;
}

/**
 * Inflates exactly `size` bytes. Undefined when the input ends before they do. A stream that holds more or fewer is refused, with a
 * `GitError`, before it costs memory.
 */
export function inflateEntry(input: Buffer, size: number): Inflated | undefined {
  let inflated: { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
  try {
    // The input goes on behind the object: zlib stops where that ends, and says where it was.
    inflated = inflateSync(input, {
      info: true,
      maxOutputLength: size + 1,
      // All of it in one piece, which is what the caller gets. A size that is a lie costs addresses, not memory: nothing is written to most
      // of the piece.
      chunkSize: Math.max(size + 1, 64),
    }) as never;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') return undefined;
    throw new GitError('protocol', 'an object of the pack cannot be inflated, or is larger than the pack says', { cause: error });
  }
  if (inflated.buffer.length !== size) throw new GitError('protocol', 'an object has another size than the pack says');
  return { content: inflated.buffer, consumed: inflated.engine.bytesWritten };
}
