import { createHash, type Hash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { ArtifactError } from './artifact-error.ts';
import { UNPACK_LIMITS } from './unpack.ts';

/** A file to archive; `path` is relative, with `/`. */
export interface ArchiveFile {
  readonly path: string;
  readonly executable: boolean;
  readonly content: Uint8Array;
}

export interface ArchiveReport {
  /** `sha256:<hex>` of the archive. */
  readonly digest: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly files: number;
}

export const DIGEST_ALGORITHMS = ['sha256', 'sha384', 'sha512', 'sha1'] as const;
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

export interface ArchiveOptions {
  readonly algorithm: DigestAlgorithm;
  /** Of the archive. */
  readonly maxBytes: number;
}

const MODE = { file: 0o600, executable: 0o700, directory: 0o750 } as const;

/**
 * Writes a `.tar.gz` whose bytes depend on paths, modes and contents alone: sorted, without owners and times (contract 0.2). The file is on disk when this
 * resolves. Throws `ArtifactError` when it gets too large, or would be too large to unpack.
 */
export async function writeArchive(file: string, files: Iterable<ArchiveFile>, options: ArchiveOptions): Promise<ArchiveReport> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const contentBytes = sorted.reduce((sum, { content }) => sum + content.length, 0);
  if (contentBytes > UNPACK_LIMITS.maxBytes)
    throw new ArtifactError(
      'too-large',
      `the files are larger than the ${UNPACK_LIMITS.maxBytes} bytes that are unpacked from an artifact`,
    );
  const meter = createMeter(createHash(options.algorithm), options.maxBytes);
  await pipeline(Readable.from(inBatches(tarOf(sorted))), createGzip(), meter.stream, createWriteStream(file, { mode: 0o600 }));
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { digest: `${options.algorithm}:${meter.digest()}`, size: meter.bytes(), files: sorted.length };
}

async function* tarOf(files: readonly ArchiveFile[]): AsyncGenerator<Uint8Array> {
  const tar = pack();
  const feeding = feed(tar, files).catch((error: unknown) => tar.destroy(error as Error));
  yield* tar as AsyncIterable<Uint8Array>;
  await feeding;
}

/** Every chunk that is compressed costs a trip to another thread, and a tar comes in pieces of 512 bytes. */
const BATCH_BYTES = 256 * 1024;

async function* inBatches(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let batch: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    batch.push(chunk);
    bytes += chunk.length;
    if (bytes < BATCH_BYTES) continue;
    yield Buffer.concat(batch, bytes);
    batch = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(batch, bytes);
}

async function feed(tar: ReturnType<typeof pack>, files: readonly ArchiveFile[]): Promise<void> {
  const directories = new Set<string>();
  for (const { path, executable, content } of files) {
    for (const directory of parentsOf(path)) {
      if (directories.has(directory)) continue;
      directories.add(directory);
      await add(tar, { ...NOBODY, name: `${directory}/`, type: 'directory', mode: MODE.directory, size: 0 }, undefined);
    }
    const mode = executable ? MODE.executable : MODE.file;
    await add(tar, { ...NOBODY, name: path, type: 'file', mode, size: content.length }, content);
  }
  tar.finalize();
}

const NOBODY = { uid: 0, gid: 0, uname: '', gname: '', mtime: new Date(0) } as const;

function add(tar: ReturnType<typeof pack>, header: Partial<Header> & Pick<Header, 'name'>, content: Uint8Array | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    if (content === undefined) tar.entry(header, done);
    else tar.entry(header, Buffer.from(content.buffer, content.byteOffset, content.byteLength), done);
  });
}

function parentsOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function createMeter(hash: Hash, maxBytes: number) {
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > maxBytes) callback(new ArtifactError('too-large', `the artifact is larger than the ${maxBytes} bytes allowed`));
      else callback(null, chunk);
    },
  });
  return { stream, bytes: () => bytes, digest: () => hash.digest('hex') };
}
