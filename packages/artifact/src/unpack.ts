import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ArtifactError } from './artifact-error.ts';
import { type SoundEntry, soundEntries, UNPACK_LIMITS, type UnpackLimits } from './sound-entries.ts';

export { UNPACK_LIMITS, type UnpackLimits } from './sound-entries.ts';

/**
 * Unpacks a `.tar.gz` into an empty directory. Regular files and directories alone come out; links, devices and the like are left out, as
 * Flux does. Nothing is written outside of the directory, and nothing over another entry. Throws `ArtifactError` for what tries, and beyond
 * the limits. Resolves with the bytes written.
 *
 * For worker threads: files are made one after the other without giving way, which for the small files of a repository takes a third of the
 * time.
 */
export async function unpack(archive: string, directory: string, limits: UnpackLimits = UNPACK_LIMITS): Promise<number> {
  let bytes = 0;
  const made = new Set<string>(['']);
  try {
    for await (const entry of soundEntries(archive, limits)) {
      makeDirectory(directory, entry.type === 'directory' ? entry.path : parentOf(entry.path), made);
      if (entry.type === 'file') bytes += await writeFile(join(directory, entry.path), entry);
    }
  } catch (error) {
    if (error instanceof ArtifactError) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENAMETOOLONG')
      throw new ArtifactError('hostile', 'the artifact holds an entry with a name that is too long', { cause: error });
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw new ArtifactError('hostile', 'the artifact holds two entries of the same name', { cause: error });
    throw error;
  }
  return bytes;
}

const parentOf = (path: string): string => (path.includes('/') ? dirname(path) : '');

function makeDirectory(root: string, path: string, made: Set<string>): void {
  if (made.has(path)) return;
  makeDirectory(root, parentOf(path), made);
  mkdirSync(join(root, path), { mode: 0o700 });
  made.add(path);
}

/** Resolves with the bytes written. */
async function writeFile(file: string, { content, executable }: SoundEntry): Promise<number> {
  let bytes = 0;
  // `wx` opens nothing that is there already, link or file.
  const descriptor = openSync(file, 'wx', executable ? 0o700 : 0o600);
  try {
    for await (const chunk of content) {
      bytes += chunk.length;
      // Unlike `writeSync`, this does not stop half way when the disk is full.
      writeFileSync(descriptor, chunk);
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}
