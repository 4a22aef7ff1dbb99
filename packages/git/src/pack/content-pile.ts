import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { GitError } from '../git-error.ts';

/** Contents that are set down one after the other and looked up again, in any order and any number of times. */
export interface ContentPile {
  /** Where the content is from now on. The bytes may be kept as they are: they must not change. */
  add(content: Buffer): number;
  /** All of a content, or so many bytes of it from one on. */
  read(place: number, size: number, from?: number): Buffer;
}

export function pileInMemory(): ContentPile {
  const contents: Buffer[] = [];
  return {
    add: (content) => contents.push(content) - 1,
    read(place, size, from = 0) {
      const content = contents[place];
      if (content === undefined) throw new RangeError(`nothing is in place ${place}`);
      return content.subarray(from, from + size);
    },
  };
}

const BATCH_BYTES = 1024 * 1024;

/**
 * A pile in a new file, of which the last megabyte is in memory. It has no name once it is open: it goes with the pile, however the process
 * ends. Throws the file system's errors (`ENOSPC`).
 */
export function pileInFile(path: string): ContentPile & Disposable {
  const descriptor = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  let written = 0;
  const waiting: Buffer = Buffer.allocUnsafe(BATCH_BYTES);
  let used = 0;
  const write = (bytes: Buffer) => {
    for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done, bytes.length - done, written + done);
    written += bytes.length;
  };
  return {
    add(content) {
      if (used + content.length > BATCH_BYTES) {
        write(waiting.subarray(0, used));
        used = 0;
      }
      const place = written + used;
      if (content.length >= BATCH_BYTES) write(content);
      else used += content.copy(waiting, used);
      return place;
    },
    read(place, size, from = 0) {
      const content = Buffer.allocUnsafe(size);
      const start = place + from;
      if (place >= written) {
        waiting.copy(content, 0, start - written, start - written + size);
        return content;
      }
      for (let done = 0; done < size; ) {
        const read = readSync(descriptor, content, done, size - done, start + done);
        if (read === 0) throw new GitError('protocol', 'the file of unpacked objects ends too early');
        done += read;
      }
      return content;
    },
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}
