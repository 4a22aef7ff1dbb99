import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ArtifactError } from './artifact-error.ts';
import { compress } from './compress.ts';
import { createHasher, type DigestAlgorithm, type Hasher } from './hasher.ts';
import { END_OF_TAR, paddingOf, renderTarHeader, type TarHeader } from './tar-writer.ts';
import { UNPACK_LIMITS } from './unpack.ts';

/** A file to archive; `path` is relative, with `/`. */
export interface ArchiveFile {
  readonly path: string;
  /** The path as it is, where it is no UTF-8: it is written like that. */
  readonly pathBytes?: Buffer | undefined;
  readonly executable: boolean;
  /** Bytes of the content, where that is known without reading it. */
  readonly size?: number;
  /** Asked for once, when its turn comes. */
  readonly content: Uint8Array;
  /** The same piece by piece, for what should not be held as a whole; needs a `size`, and is asked for in place of `content`. */
  readonly pieces?: () => Iterable<Uint8Array>;
}

export interface ArchiveReport {
  /** `sha256:<hex>` of the archive. */
  readonly digest: string;
  /** Bytes of the archive. */
  readonly size: number;
  readonly files: number;
}

export interface ArchiveOptions {
  readonly algorithm: DigestAlgorithm;
  /** Of the archive. */
  readonly maxBytes: number;
}

const MODE = { file: 0o600, executable: 0o700, directory: 0o750 } as const;

/**
 * Writes a `.tar.gz` whose bytes depend on paths, modes and contents alone: sorted, without owners and times (contract 0.2). The file is on
 * disk when this resolves. Throws `ArtifactError` when it gets too large, or would be too large to unpack.
 */
export async function writeArchive(file: string, files: Iterable<ArchiveFile>, options: ArchiveOptions): Promise<ArchiveReport> {
  const sorted = [...files].sort(byPath);
  const contentBytes = sorted.reduce((sum, file) => sum + (file.size ?? file.content.length), 0);
  if (contentBytes > UNPACK_LIMITS.maxBytes)
    throw new ArtifactError(
      'too-large',
      `the files are larger than the ${UNPACK_LIMITS.maxBytes} bytes that are unpacked from an artifact`,
    );
  const meter = createMeter(createHasher(options.algorithm), options.maxBytes);
  await pipeline(compress(tarOf(sorted)), meter.stream, createWriteStream(file, { mode: 0o600 }));
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { digest: `${options.algorithm}:${meter.digest()}`, size: meter.bytes(), files: sorted.length };
}

/** Every chunk that is compressed costs a trip to another thread, where it is compressed while the next one is made. */
const BATCH_BYTES = 256 * 1024;

function* tarOf(files: readonly ArchiveFile[]): Generator<Buffer> {
  let batch: Buffer = Buffer.allocUnsafe(BATCH_BYTES);
  let used = 0;
  for (const piece of piecesOf(files)) {
    for (let at = 0; at < piece.length; ) {
      const copied = Math.min(piece.length - at, BATCH_BYTES - used);
      batch.set(piece.subarray(at, at + copied), used);
      at += copied;
      used += copied;
      if (used < BATCH_BYTES) continue;
      yield batch;
      batch = Buffer.allocUnsafe(BATCH_BYTES);
      used = 0;
    }
  }
  yield batch.subarray(0, used);
}

function* piecesOf(files: readonly ArchiveFile[]): Generator<Uint8Array> {
  const directories = new Set<string>();
  for (const file of files) {
    const { path, pathBytes, executable } = file;
    for (const directory of parentsOf({ path, pathBytes })) {
      const key = directory.nameBytes?.toString('latin1') ?? directory.name;
      if (directories.has(key)) continue;
      directories.add(key);
      yield renderTarHeader({ ...directory, mode: MODE.directory, size: 0 });
    }
    const mode = executable ? MODE.executable : MODE.file;
    if (file.pieces !== undefined && file.size !== undefined) {
      yield renderTarHeader({ name: path, nameBytes: pathBytes, mode, size: file.size });
      yield* file.pieces();
      yield END_OF_TAR.subarray(0, paddingOf(file.size));
      continue;
    }
    const { content } = file;
    yield renderTarHeader({ name: path, nameBytes: pathBytes, mode, size: content.length });
    yield content;
    yield END_OF_TAR.subarray(0, paddingOf(content.length));
  }
  yield END_OF_TAR;
}

/** The directories above a file, outermost first, as a tar names them. */
function parentsOf({ path, pathBytes }: Pick<ArchiveFile, 'path' | 'pathBytes'>): readonly Pick<TarHeader, 'name' | 'nameBytes'>[] {
  const names: Pick<TarHeader, 'name' | 'nameBytes'>[] = [];
  // A slash is a slash in either: what is no UTF-8 holds none that the text has not.
  for (let [at, byteAt] = [path.indexOf('/'), pathBytes?.indexOf(0x2f)]; at >= 0; ) {
    names.push({ name: path.slice(0, at + 1), nameBytes: byteAt === undefined ? undefined : pathBytes?.subarray(0, byteAt + 1) });
    at = path.indexOf('/', at + 1);
    byteAt = byteAt === undefined ? undefined : pathBytes?.indexOf(0x2f, byteAt + 1);
  }
  return names;
}

function createMeter(hash: Hasher, maxBytes: number) {
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      hash.update(chunk);
      if (bytes > maxBytes) callback(new ArtifactError('too-large', `the artifact is larger than the ${maxBytes} bytes allowed`));
      else callback(null, chunk);
    },
  });
  return { stream, bytes: () => bytes, digest: () => hash.hex() };
}

/** By the text, and where that is the same, by what it stands for. */
function byPath(a: ArchiveFile, b: ArchiveFile): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return Buffer.compare(a.pathBytes ?? Buffer.from(a.path), b.pathBytes ?? Buffer.from(b.path));
}
