import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import type { ArchiveFile } from './archive.ts';
import { ArtifactError } from './artifact-error.ts';
import { soundEntries, UNPACK_LIMITS, type UnpackLimits } from './sound-entries.ts';

/** The regular files of an archive, to make another one of. Disposing closes the file that their contents are read from. */
export interface UnpackedFiles extends Disposable {
  readonly files: readonly UnpackedFile[];
}

export type UnpackedFile = ArchiveFile & Required<Pick<ArchiveFile, 'size' | 'pieces'>>;

const PIECE_BYTES = 256 * 1024;

/**
 * Takes a `.tar.gz` apart without making a file for each of its files: their contents lie one after the other in `contentsFile`, which must
 * not be there yet, and are read from it when they are asked for. In memory is where each of them is. Rules, limits and errors are those of
 * `unpack`. For worker threads.
 */
export async function unpackedFiles(archive: string, contentsFile: string, limits: UnpackLimits = UNPACK_LIMITS): Promise<UnpackedFiles> {
  const descriptor = openSync(contentsFile, 'wx+', 0o600);
  const close = () => closeSync(descriptor);
  try {
    const files: UnpackedFile[] = [];
    const taken = new Names();
    let end = 0;
    for await (const { type, path, executable, content } of soundEntries(archive, limits)) {
      taken.add(path, type);
      if (type === 'directory') continue;
      const start = end;
      for await (const chunk of content) {
        writeFileSync(descriptor, chunk);
        end += chunk.length;
      }
      files.push(fileAt(descriptor, { path, executable, start, size: end - start }));
    }
    return { files, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

interface Place {
  readonly path: string;
  readonly executable: boolean;
  readonly start: number;
  readonly size: number;
}

const fileAt = (descriptor: number, { path, executable, start, size }: Place): UnpackedFile => ({
  path,
  executable,
  size,
  get content() {
    return bytesAt(descriptor, start, size);
  },
  *pieces() {
    for (let at = 0; at < size; at += PIECE_BYTES) yield bytesAt(descriptor, start + at, Math.min(PIECE_BYTES, size - at));
  },
});

function bytesAt(descriptor: number, start: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  for (let read = 0; read < size; ) {
    const count = readSync(descriptor, bytes, read, size - read, start + read);
    if (count === 0) throw new Error('the contents of an archive ended before their time');
    read += count;
  }
  return bytes;
}

/** What a file system would refuse: two files of one name, and a file where a directory is. */
class Names {
  readonly #types = new Map<string, 'file' | 'directory'>([['', 'directory']]);

  add(path: string, type: 'file' | 'directory'): void {
    const known = this.#types.get(path);
    if (known !== undefined && (known === 'file' || type === 'file'))
      throw new ArtifactError('hostile', 'the artifact holds two entries of the same name');
    if (known !== undefined) return;
    this.add(path.slice(0, Math.max(0, path.lastIndexOf('/'))), 'directory');
    this.#types.set(path, type);
  }
}
