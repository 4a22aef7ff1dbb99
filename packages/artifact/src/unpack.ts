import { closeSync, createReadStream, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ArtifactError } from './artifact-error.ts';
import { readTar, type TarEntry } from './tar-reader.ts';

export interface UnpackLimits {
  readonly maxEntries: number;
  /** Of all files together. */
  readonly maxBytes: number;
}

export const UNPACK_LIMITS: UnpackLimits = { maxEntries: 100_000, maxBytes: 1024 * 1024 * 1024 };

const MAX_DEPTH = 64;
const MAX_NAME_BYTES = 4_096;
/** A header, an extension with a long name and its header, and what pads the content. */
const HEADERS_BYTES = 4 * 512;
/** Blocks of zeros: tar fills up to its record size. */
const END_BYTES = 1024 * 1024;

/**
 * Unpacks a `.tar.gz` into an empty directory. Regular files and directories alone come out; links, devices and the like are left out, as Flux does. Nothing is
 * written outside of the directory, and nothing over another entry. Throws `ArtifactError` for what tries, and beyond the limits. Resolves with the bytes written.
 *
 * For worker threads: files are made one after the other without giving way, which for the small files of a repository takes a third of the time.
 */
export async function unpack(archive: string, directory: string, limits: UnpackLimits = UNPACK_LIMITS): Promise<number> {
  const state = { entries: 0, bytes: 0 };
  const made = new Set<string>(['']);
  // The pipeline's callback is for the gunzip stream's errors, which reading it throws as well.
  const unzipped = pipeline(createReadStream(archive), createGunzip(), () => undefined);
  try {
    for await (const entry of readTar(metered(unzipped, limits))) {
      state.entries += 1;
      if (state.entries > limits.maxEntries)
        throw new ArtifactError('too-large', `the artifact has more than ${limits.maxEntries} entries`);
      if (entry.type === 'other') continue;
      const path = safePath(entry.name);
      makeDirectory(directory, entry.type === 'directory' ? path : parentOf(path), made);
      if (entry.type === 'file') await writeFile(join(directory, path), entry, { state, limits });
    }
  } catch (error) {
    if (error instanceof ArtifactError) throw error;
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code.startsWith('Z_')) throw new ArtifactError('hostile', 'the artifact is no sound gzip file', { cause: error });
    if (code === 'ENAMETOOLONG')
      throw new ArtifactError('hostile', 'the artifact holds an entry with a name that is too long', { cause: error });
    if (code === 'EEXIST' || code === 'ENOTDIR')
      throw new ArtifactError('hostile', 'the artifact holds two entries of the same name', { cause: error });
    throw error;
  } finally {
    unzipped.destroy();
  }
  return state.bytes;
}

/**
 * Ends an archive that unzips to more than its files may hold, with a header or two for each entry: what is passed over, such as headers without files, costs time
 * as well.
 */
async function* metered(chunks: AsyncIterable<Buffer>, { maxBytes, maxEntries }: UnpackLimits): AsyncGenerator<Buffer> {
  let left = maxBytes + maxEntries * HEADERS_BYTES + END_BYTES;
  for await (const chunk of chunks) {
    left -= chunk.length;
    if (left < 0) throw new ArtifactError('too-large', `the artifact unzips to more than is allowed for ${maxBytes} bytes of files`);
    yield chunk;
  }
}

/** The path of an entry below the root. Throws `ArtifactError` for one that could lead out of it. */
function safePath(name: string): string {
  const parts = name
    .replace(/^(\.\/)+/, '')
    .replace(/\/+$/, '')
    .split('/');
  const isSound = (part: string) => part !== '' && part !== '..' && part !== '.' && !part.includes('\\') && !part.includes('\0');
  if (name === './' || name === '.') return '';
  if (!parts.every(isSound) || parts.length > MAX_DEPTH || Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new ArtifactError('hostile', `the artifact holds an entry that must not be unpacked: ${JSON.stringify(name.slice(0, 200))}`);
  return parts.join('/');
}

const parentOf = (path: string): string => (path.includes('/') ? dirname(path) : '');

function makeDirectory(root: string, path: string, made: Set<string>): void {
  if (made.has(path)) return;
  makeDirectory(root, parentOf(path), made);
  mkdirSync(join(root, path), { mode: 0o700 });
  made.add(path);
}

async function writeFile(
  file: string,
  { content, executable }: TarEntry,
  { state, limits }: { readonly state: { bytes: number }; readonly limits: UnpackLimits },
): Promise<void> {
  // `wx` opens nothing that is there already, link or file.
  const descriptor = openSync(file, 'wx', executable ? 0o700 : 0o600);
  try {
    for await (const chunk of content) {
      state.bytes += chunk.length;
      if (state.bytes > limits.maxBytes) throw new ArtifactError('too-large', `the artifact unpacks to more than ${limits.maxBytes} bytes`);
      // Unlike `writeSync`, this does not stop half way when the disk is full.
      writeFileSync(descriptor, chunk);
    }
  } finally {
    closeSync(descriptor);
  }
}
