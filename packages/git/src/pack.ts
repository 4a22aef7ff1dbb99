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

type Base = { readonly offset: number } | { readonly oid: string };
interface PackedObject {
  readonly type: ObjectType | undefined;
  readonly base: Base | undefined;
  readonly content: Buffer;
}

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

  const packed = new Map<number, PackedObject>();
  const budget = { left: limits.maxTotalBytes };
  let at = 12;
  for (let index = 0; index < count; index++) {
    const entry = readEntry(body, at, { limits, budget });
    packed.set(at, entry);
    at = entry.end;
  }
  if (at !== body.length) throw new GitError('protocol', 'the pack has more bytes than objects');
  return resolveDeltas(packed, { limits, budget });
}

interface Bounds {
  readonly limits: PackLimits;
  readonly budget: { left: number };
}

function readEntry(body: Buffer, offset: number, { limits, budget }: Bounds): PackedObject & { readonly end: number } {
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
  }
  let base: Base | undefined;
  if (code === OFS_DELTA) {
    byte = next();
    let distance = byte & 0x7f;
    while ((byte & 0x80) !== 0) {
      byte = next();
      distance = (distance + 1) * 128 + (byte & 0x7f);
      if (distance > offset) throw new GitError('protocol', 'a delta refers to before the pack');
    }
    if (distance === 0) throw new GitError('protocol', 'a delta refers to itself');
    base = { offset: offset - distance };
  } else if (code === REF_DELTA) {
    base = { oid: body.toString('hex', at, at + 20) };
    at += 20;
  } else if (TYPES[code] === undefined) {
    throw new GitError('protocol', `the pack holds an object of unknown type ${code}`);
  }
  budget.left -= size;
  if (budget.left < 0) throw new GitError('too-large', `the repository is larger than ${limits.maxTotalBytes} bytes`);
  const { content, consumed } = inflate(body.subarray(at), size);
  return { type: TYPES[code], base, content, end: at + consumed };
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

function resolveDeltas(packed: ReadonlyMap<number, PackedObject>, { limits, budget }: Bounds): ObjectStore {
  const store = new Map<string, GitObject>();
  const byOffset = new Map<number, { readonly oid: string; readonly object: GitObject }>();
  const add = (offset: number, object: GitObject) => {
    const oid = createHash('sha1').update(`${object.type} ${object.content.length}\0`).update(object.content).digest('hex');
    store.set(oid, object);
    byOffset.set(offset, { oid, object });
  };
  for (const [offset, { type, content }] of packed) if (type !== undefined) add(offset, { type, content });

  let open = [...packed].filter(([, { base }]) => base !== undefined);
  for (let depth = 0; open.length > 0; depth++) {
    const rest: typeof open = [];
    for (const [offset, entry] of open) {
      const base =
        entry.base === undefined ? undefined : 'offset' in entry.base ? byOffset.get(entry.base.offset)?.object : store.get(entry.base.oid);
      if (base === undefined) {
        rest.push([offset, entry]);
        continue;
      }
      const content = applyDelta(base.content, entry.content, limits.maxObjectBytes);
      budget.left -= content.length;
      if (budget.left < 0) throw new GitError('too-large', `the repository is larger than ${limits.maxTotalBytes} bytes`);
      add(offset, { type: base.type, content });
    }
    if (rest.length === open.length) throw new GitError('protocol', 'the pack holds a delta without its base');
    if (depth > MAX_DELTA_DEPTH) throw new GitError('too-large', 'the pack holds a chain of deltas that is too long');
    open = rest;
  }
  return store;
}
