import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { applyDelta } from './delta.ts';
import { GitError } from './git-error.ts';

export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

export interface GitObject {
  readonly type: ObjectType;
  readonly content: Buffer;
}

/** The objects of a pack by their ids. */
export type ObjectStore = ReadonlyMap<string, GitObject>;

export interface PackLimits {
  readonly maxObjects: number;
  /** Of one object, after its deltas are applied. */
  readonly maxObjectBytes: number;
  /** Of all objects together. */
  readonly maxTotalBytes: number;
}

const TYPES: Readonly<Record<number, ObjectType>> = { 1: 'commit', 2: 'tree', 3: 'blob', 4: 'tag' };
const OFS_DELTA = 6;
const REF_DELTA = 7;
/** Git itself makes chains of at most 50, and accepts 4095. */
const MAX_DELTA_DEPTH = 4095;
/** Of the digits of a size: more would be beyond what a number can hold. */
const MAX_SCALE = 2 ** 46;

/** What a delta changes: the object at an offset, or the one with an id. */
type Base = number | string;
type Whole = { readonly type: ObjectType };
type Delta = { readonly base: Base };
type PackedObject = { readonly offset: number; readonly content: Buffer } & (Whole | Delta);

/**
 * Reads a whole pack (gitformat-pack, version 2): checks its checksum, inflates within the limits, applies deltas, and names every object by the hash of its
 * content, so that nothing in it can pass for something else. Throws `GitError`.
 */
export function readPack(pack: Buffer, limits: PackLimits): ObjectStore {
  if (pack.length < 32 || pack.toString('latin1', 0, 4) !== 'PACK' || pack.readUInt32BE(4) !== 2)
    throw new GitError('protocol', 'the server sent no Git pack');
  const trailer = pack.subarray(pack.length - 20);
  const body = pack.subarray(0, pack.length - 20);
  if (!createHash('sha1').update(body).digest().equals(trailer))
    throw new GitError('protocol', 'the pack is damaged: its checksum is another one');
  const count = pack.readUInt32BE(8);
  if (count > limits.maxObjects)
    throw new GitError('too-large', `the pack holds ${count} objects, more than the ${limits.maxObjects} allowed`);

  const packed: PackedObject[] = [];
  const budget = { left: limits.maxTotalBytes };
  let at = 12;
  for (let index = 0; index < count; index++) {
    const { object, end } = readEntry(body, at, { limits, budget });
    packed.push(object);
    at = end;
  }
  if (at !== body.length) throw new GitError('protocol', 'the pack has more bytes than objects');
  return resolveDeltas(packed, { limits, budget });
}

interface Bounds {
  readonly limits: PackLimits;
  readonly budget: { left: number };
}

function readEntry(body: Buffer, offset: number, { limits, budget }: Bounds): { readonly object: PackedObject; readonly end: number } {
  let at = offset;
  const next = (): number => {
    const byte = body[at];
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
    if (size > limits.maxObjectBytes)
      throw new GitError('too-large', `an object of the repository is larger than ${limits.maxObjectBytes} bytes`);
    if (scale > MAX_SCALE) throw new GitError('protocol', 'the pack holds a size without end');
  }
  const kindOf = (): Whole | Delta => {
    const type = TYPES[code];
    if (type !== undefined) return { type };
    if (code === REF_DELTA) {
      at += 20;
      return { base: body.toString('hex', at - 20, at) };
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
    return { base: offset - distance };
  };
  const kind = kindOf();
  budget.left -= size;
  if (budget.left < 0) throw new GitError('too-large', `the repository is larger than ${limits.maxTotalBytes} bytes`);
  const { content, consumed } = inflate(body.subarray(at), size);
  return { object: { offset, content, ...kind }, end: at + consumed };
}

/** Inflates exactly `size` bytes and says how many were read for it. A stream that holds more or fewer is refused before it costs memory. */
function inflate(input: Buffer, size: number): { readonly content: Buffer; readonly consumed: number } {
  let inflated: { readonly buffer: Buffer; readonly engine: { readonly bytesWritten: number } };
  try {
    // The input is all that is left of the pack: zlib stops where the object ends, and says where that was.
    inflated = inflateSync(input, {
      info: true,
      maxOutputLength: size + 1,
      chunkSize: Math.min(Math.max(size + 1, 64), 1024 * 1024),
    }) as never;
  } catch (error) {
    throw new GitError('protocol', 'an object of the pack cannot be inflated, or is larger than the pack says', { cause: error });
  }
  if (inflated.buffer.length !== size) throw new GitError('protocol', 'an object has another size than the pack says');
  return { content: inflated.buffer, consumed: inflated.engine.bytesWritten };
}

/** Applies each delta once, when its base is known, so that the order of a pack does not matter. */
function resolveDeltas(packed: readonly PackedObject[], { limits, budget }: Bounds): ObjectStore {
  const store = new Map<string, GitObject>();
  const deltas = packed.filter((object) => 'base' in object);
  const waiting = Map.groupBy(deltas, ({ base }) => base);
  const taken = (base: Base) => {
    const found = waiting.get(base) ?? [];
    waiting.delete(base);
    return found;
  };
  // Grows while it is walked.
  const resolved = packed.flatMap((object) => ('type' in object ? [{ ...object, depth: 0 }] : []));
  for (const { offset, type, content, depth } of resolved) {
    const oid = createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
    store.set(oid, { type, content });
    for (const delta of [...taken(offset), ...taken(oid)]) {
      if (depth === MAX_DELTA_DEPTH) throw new GitError('too-large', 'the pack holds a chain of deltas that is too long');
      const result = applyDelta(content, delta.content, limits.maxObjectBytes);
      budget.left -= result.length;
      if (budget.left < 0) throw new GitError('too-large', `the repository is larger than ${limits.maxTotalBytes} bytes`);
      resolved.push({ offset: delta.offset, type, content: result, depth: depth + 1 });
    }
  }
  if (waiting.size > 0) throw new GitError('protocol', 'the pack holds a delta without its base');
  return store;
}
