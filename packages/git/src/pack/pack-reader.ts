import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { GitError } from '../git-error.ts';

/** Where the bytes of a pack are. */
export interface PackSource {
  readonly size: number;
  /** Reads from a position into all of a buffer. */
  readInto(target: Buffer, position: number): void;
}

/** Reads a file in place. Closing it is the caller's, by disposal. */
export function packFile(path: string): PackSource & Disposable {
  const descriptor = openSync(path, 'r');
  return {
    size: fstatSync(descriptor).size,
    readInto(target, position) {
      for (let done = 0; done < target.length; ) {
        const read = readSync(descriptor, target, done, target.length - done, position + done);
        if (read === 0) throw new GitError('protocol', 'the pack ends too early');
        done += read;
      }
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}

export const packBytes = (pack: Buffer): PackSource => ({
  size: pack.length,
  readInto: (target, position) => {
    pack.copy(target, 0, position, position + target.length);
  },
});

const WINDOW_BYTES = 1024 * 1024;
const CHECKSUM_BYTES = 20;

/** A pack from its start to its end, a window at a time, and its checksum on the way. */
export interface PackReader {
  /** Bytes of the pack without its checksum. */
  readonly bodyBytes: number;
  /** So many bytes from `offset` on, or as many as there are; valid until the next call. Offsets never go back. */
  window(offset: number, atLeast: number): Buffer;
  /** Throws `GitError` when the checksum of all that was read is not the one at the end. */
  verify(): void;
}

export function createPackReader(source: PackSource): PackReader {
  const bodyBytes = source.size - CHECKSUM_BYTES;
  const hash = createHash('sha1');
  // One for all windows, as large as the largest: a new one for each would wait for the garbage collector, and large objects have large ones.
  let memory: Buffer = Buffer.alloc(0);
  let held = memory;
  let start = 0;
  const fill = (offset: number, atLeast: number) => {
    const kept = held.subarray(offset - start);
    const end = start + held.length;
    const bytes = Math.min(Math.max(WINDOW_BYTES, atLeast), bodyBytes - offset);
    if (bytes > memory.length) memory = Buffer.allocUnsafeSlow(bytes);
    // Where the two overlap, it is as if they did not.
    kept.copy(memory);
    const fresh = memory.subarray(kept.length, bytes);
    source.readInto(fresh, end);
    hash.update(fresh);
    [held, start] = [memory.subarray(0, bytes), offset];
  };
  return {
    bodyBytes,
    window(offset, atLeast) {
      if (Math.min(offset + atLeast, bodyBytes) > start + held.length) fill(offset, atLeast);
      return held.subarray(offset - start);
    },
    verify() {
      const trailer = Buffer.alloc(CHECKSUM_BYTES);
      source.readInto(trailer, bodyBytes);
      if (start + held.length !== bodyBytes || !hash.digest().equals(trailer))
        throw new GitError('protocol', 'the pack is damaged: its checksum is another one');
    },
  };
}
