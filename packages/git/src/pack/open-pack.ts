import { pileInFile, pileInMemory } from './content-pile.ts';
import type { PackLimits } from './limits.ts';
import type { ObjectStore } from './object-store.ts';
import { packBytes, packFile } from './pack-reader.ts';
import { unpackObjects } from './unpack-objects.ts';

export interface OpenPackOptions {
  readonly limits: PackLimits;
  /** Where a file may be made for what is unpacked; nothing may be there. It is gone, at the latest, with the process. */
  readonly scratchFile: string;
}

export interface OpenedPack extends ObjectStore, Disposable {
  /** What it has taken of `maxTotalBytes`. */
  readonly bytes: number;
}

/**
 * The objects of a pack in a file, each verified. Neither the pack nor its contents are held in memory: contents are read when they are
 * asked for, until the store is disposed of. Throws `GitError`, or the file system's errors.
 */
export function openPack(file: string, { limits, scratchFile }: OpenPackOptions): OpenedPack {
  using pack = packFile(file);
  using stack = new DisposableStack();
  const pile = stack.use(pileInFile(scratchFile));
  const { store, bytes } = unpackObjects(pack, { limits, pile });
  const owned = stack.move();
  return {
    bytes,
    size: store.size,
    has: (oid) => store.has(oid),
    get: (oid) => store.get(oid),
    keys: () => store.keys(),
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** The objects of a pack, each verified, in memory. Throws `GitError`. */
export const readPack = (pack: Buffer, limits: PackLimits): ObjectStore =>
  unpackObjects(packBytes(pack), { limits, pile: pileInMemory() }).store;
