import { createHash } from 'node:crypto';
import { youngGarbage } from '@gotk/apimachinery/garbage';
import { GitError } from '../git-error.ts';
import type { ContentPile } from './content-pile.ts';
import { applyDelta, readDeltaHeader } from './delta.ts';
import { type Base, type Inflated, inflateEntry, MAX_HEADER_BYTES, MIN_ENTRY_BYTES, mostCompressed, readEntryHeader } from './entry.ts';
import type { PackLimits } from './limits.ts';
import type { GitObject, ObjectStore, ObjectType } from './object-store.ts';
import { createPackReader, type PackReader, type PackSource } from './pack-reader.ts';

export interface UnpackOptions {
  readonly limits: PackLimits;
  /** Takes the contents; it has to be there for as long as the store. */
  readonly pile: ContentPile;
}

export interface Unpacked {
  readonly store: ObjectStore;
  /** What counted against `maxTotalBytes`. */
  readonly bytes: number;
}

/** Git itself makes chains of at most 50, and accepts 4095. */
const MAX_DELTA_DEPTH = 4095;

const PIECE_BYTES = 1024 * 1024;

/** Where an inflated content lies. */
interface Place {
  readonly place: number;
  readonly size: number;
}

/** An object whose content is known, before others are made of it. */
interface Whole extends Place {
  readonly oid: string;
  readonly type: ObjectType;
  /** In the pack. */
  readonly offset: number;
  readonly depth: number;
}

/** A delta whose base is not known yet. */
interface Waiting extends Place {
  readonly offset: number;
}

/**
 * Unpacks a whole pack (gitformat-pack, version 2): checks its checksum, inflates within the limits, applies deltas, and names every object
 * by the hash of its content, so that nothing in it can pass for something else.
 *
 * Every entry is inflated once, in the order of the pack: nothing else tells where the next one begins. Contents go to the pile, so that
 * memory is needed for one object and for what is known of each. Throws `GitError`.
 */
export function unpackObjects(source: PackSource, { limits, pile }: UnpackOptions): Unpacked {
  const reader = createPackReader(source);
  const count = countOf(reader, limits);
  const left = limits.maxTotalBytes;
  const unpacking: Unpacking = { limits, pile, left, store: new Map(), bases: [], waiting: new Map(), done: youngGarbage() };
  let at = 12;
  for (let index = 0; index < count; index++) at = takeEntry(reader, at, unpacking);
  if (at !== reader.bodyBytes) throw new GitError('protocol', 'the pack has more bytes than objects');
  reader.verify();
  resolveDeltas(unpacking);
  return { store: unpacking.store, bytes: limits.maxTotalBytes - unpacking.left };
}

interface Unpacking {
  readonly limits: PackLimits;
  readonly pile: ContentPile;
  /** Bytes that may still be unpacked. */
  left: number;
  readonly store: Map<string, GitObject>;
  /** Objects that something may be based on. Grows while it is walked. */
  readonly bases: Whole[];
  readonly waiting: Map<Base, Waiting[]>;
  /** Called with the size of each content that has gone to the pile. */
  readonly done: (bytes: number) => void;
}

function countOf(reader: PackReader, { maxObjects }: PackLimits): number {
  const head = reader.bodyBytes < 12 ? undefined : reader.window(0, 12);
  if (head === undefined || head.toString('latin1', 0, 4) !== 'PACK' || head.readUInt32BE(4) !== 2)
    throw new GitError('protocol', 'the server sent no Git pack');
  const count = head.readUInt32BE(8);
  if (count > maxObjects) throw new GitError('too-large', `the pack holds ${count} objects, more than the ${maxObjects} allowed`);
  if (count * MIN_ENTRY_BYTES > reader.bodyBytes) throw new GitError('protocol', 'the pack ends before its last object');
  return count;
}

/** Resolves with where the next entry begins. */
function takeEntry(reader: PackReader, offset: number, unpacking: Unpacking): number {
  const { kind, size, length } = readEntryHeader(reader.window(offset, MAX_HEADER_BYTES), offset, unpacking.limits.maxObjectBytes);
  spend(unpacking, size);
  const { content, consumed } = inflateAt(reader, offset + length, size);
  if (typeof kind === 'string') {
    addObject(unpacking, { type: kind, offset, depth: 0, content });
  } else {
    // What is made of it, before anything is: a few deltas can stand for any number of bytes.
    spend(unpacking, readDeltaHeader(content, unpacking.limits.maxObjectBytes).resultBytes);
    const delta = { place: unpacking.pile.add(content), size, offset };
    const others = unpacking.waiting.get(kind.base);
    if (others === undefined) unpacking.waiting.set(kind.base, [delta]);
    else others.push(delta);
  }
  unpacking.done(size);
  return offset + length + consumed;
}

/**
 * Nothing says how long the compressed bytes are: what is likely at most is tried, then twice as many each time. Less would do for most, but each
 * try takes memory for all of the object, which the garbage collector is in no hurry about.
 */
function inflateAt(reader: PackReader, offset: number, size: number): Inflated {
  for (let atLeast = mostCompressed(size); ; atLeast *= 2) {
    const input = reader.window(offset, atLeast);
    const inflated = inflateEntry(input, size);
    if (inflated !== undefined) return inflated;
    if (offset + input.length >= reader.bodyBytes) throw new GitError('protocol', 'the pack ends in the middle of an object');
  }
}

function spend(unpacking: Unpacking, bytes: number): void {
  unpacking.left -= bytes;
  if (unpacking.left < 0) throw new GitError('too-large', `the repository is larger than ${unpacking.limits.maxTotalBytes} bytes`);
}

interface Found {
  readonly type: ObjectType;
  readonly offset: number;
  readonly depth: number;
  readonly content: Buffer;
}

function addObject({ pile, store, bases }: Unpacking, { type, offset, depth, content }: Found): void {
  const size = content.length;
  const oid = createHash('sha1').update(`${type} ${size}\0`).update(content).digest('hex');
  const place = pile.add(content);
  store.set(oid, new PiledObject(pile, { type, place, size }));
  bases.push({ oid, type, offset, depth, place, size });
}

class PiledObject implements GitObject {
  readonly type: ObjectType;
  readonly size: number;
  readonly #place: number;
  readonly #pile: ContentPile;

  constructor(pile: ContentPile, { type, place, size }: Place & { readonly type: ObjectType }) {
    this.type = type;
    this.size = size;
    this.#place = place;
    this.#pile = pile;
  }

  get content(): Buffer {
    return this.#pile.read(this.#place, this.size);
  }

  get pieces(): (() => Iterable<Buffer>) | undefined {
    return this.size > PIECE_BYTES ? () => this.#inPieces() : undefined;
  }

  *#inPieces(): Generator<Buffer> {
    for (let at = 0; at < this.size; at += PIECE_BYTES) yield this.#pile.read(this.#place, Math.min(PIECE_BYTES, this.size - at), at);
  }
}

/**
 * Applies each delta once, when its base is known, so that the order of a pack does not matter; and reads each base once, however many are
 * made of it.
 */
function resolveDeltas(unpacking: Unpacking): void {
  const { bases, waiting, pile, limits } = unpacking;
  for (const { offset, oid, type, place, size, depth } of bases) {
    if (waiting.size === 0) return;
    const deltas = [...taken(waiting, offset), ...taken(waiting, oid)];
    if (deltas.length === 0) continue;
    if (depth === MAX_DELTA_DEPTH) throw new GitError('too-large', 'the pack holds a chain of deltas that is too long');
    const base = pile.read(place, size);
    unpacking.done(size);
    for (const delta of deltas) {
      const content = applyDelta(base, pile.read(delta.place, delta.size), limits.maxObjectBytes);
      addObject(unpacking, { type, offset: delta.offset, depth: depth + 1, content });
      unpacking.done(content.length + delta.size);
    }
  }
  if (waiting.size > 0) throw new GitError('protocol', 'the pack holds a delta without its base');
}

function taken(waiting: Map<Base, Waiting[]>, base: Base): readonly Waiting[] {
  const found = waiting.get(base) ?? [];
  waiting.delete(base);
  return found;
}
