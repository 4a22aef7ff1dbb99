import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { withoutEnd } from '@gotk/apimachinery';
import { ArtifactError } from './artifact-error.ts';
import { readTar } from './tar-reader.ts';

export interface UnpackLimits {
  readonly maxEntries: number;
  /** Of all files together. */
  readonly maxBytes: number;
}

export const UNPACK_LIMITS: UnpackLimits = { maxEntries: 100_000, maxBytes: 1024 * 1024 * 1024 };

/** A regular file or a directory of an archive. */
export interface SoundEntry {
  readonly type: 'file' | 'directory';
  /** Relative, with `/`; '' is the root. It leads out of nothing. */
  readonly path: string;
  readonly executable: boolean;
  /** To be read before the next entry; what is not read is skipped. */
  readonly content: AsyncIterable<Buffer>;
}

const CHUNK_BYTES = 64 * 1024;
const MAX_DEPTH = 64;
const MAX_NAME_BYTES = 4_096;
/** A header, an extension with a long name and its header, and what pads the content. */
const HEADERS_BYTES = 4 * 512;
/** Blocks of zeros: tar fills up to its record size. */
const END_BYTES = 1024 * 1024;

/**
 * The entries of a `.tar.gz`, as they come. Links, devices and the like are left out, as Flux does. Throws `ArtifactError` for names that
 * could lead out of a root, for what is no sound archive, and beyond the limits; reading a content throws the same. Two entries may have
 * the same name.
 */
export async function* soundEntries(archive: string, limits: UnpackLimits): AsyncGenerator<SoundEntry> {
  let [entries, left] = [0, limits.maxBytes];
  // The pipeline's callback is for the gunzip stream's errors, which reading it throws as well.
  const unzipped = pipeline(
    createReadStream(archive, { highWaterMark: CHUNK_BYTES }),
    createGunzip({ chunkSize: CHUNK_BYTES }),
    () => undefined,
  );
  try {
    for await (const { name, type, executable, size, content } of readTar(metered(unzipped, limits))) {
      entries += 1;
      if (entries > limits.maxEntries) throw new ArtifactError('too-large', `the artifact has more than ${limits.maxEntries} entries`);
      if (type === 'other') continue;
      // No content is longer than its header says: what is too large is known before any of it is on disk.
      left -= size;
      if (left < 0) throw new ArtifactError('too-large', `the artifact unpacks to more than ${limits.maxBytes} bytes`);
      yield { type, path: safePath(name), executable, content };
    }
  } finally {
    unzipped.destroy();
  }
}

/**
 * Ends an archive that unzips to more than its files may hold, with a header or two for each entry: what is passed over, such as headers
 * without files, costs time as well.
 */
async function* metered(chunks: AsyncIterable<Buffer>, { maxBytes, maxEntries }: UnpackLimits): AsyncGenerator<Buffer> {
  let left = maxBytes + maxEntries * HEADERS_BYTES + END_BYTES;
  try {
    for await (const chunk of chunks) {
      left -= chunk.length;
      if (left < 0) throw new ArtifactError('too-large', `the artifact unzips to more than is allowed for ${maxBytes} bytes of files`);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_'))
      throw new ArtifactError('hostile', 'the artifact is no sound gzip file', { cause: error });
    throw error;
  }
}

/** The path of an entry below the root. Throws `ArtifactError` for one that could lead out of it. */
function safePath(name: string): string {
  const parts = withoutEnd(name.replace(/^(\.\/)+/, ''), '/').split('/');
  const isSound = (part: string) => part !== '' && part !== '..' && part !== '.' && !part.includes('\\') && !part.includes('\0');
  if (name === './' || name === '.') return '';
  if (!parts.every(isSound) || parts.length > MAX_DEPTH || Buffer.byteLength(name) > MAX_NAME_BYTES)
    throw new ArtifactError('hostile', `the artifact holds an entry that must not be unpacked: ${JSON.stringify(name.slice(0, 200))}`);
  return parts.join('/');
}
