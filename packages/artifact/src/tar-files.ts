import { gunzipSync } from 'node:zlib';
import { paddedSize, TAR_BLOCK, TarHeaders } from './tar-header.ts';

export interface TarFile {
  /** As it stands in the archive: whoever writes it somewhere looks at it first. */
  readonly name: string;
  readonly data: Uint8Array;
}

export interface TarFilesOptions {
  /** Of all files together. */
  readonly maxBytes: number;
  /** The errors to throw: for more than that; and for what is `no sound gzip file`, or `no sound tar archive: …`. */
  readonly tooLarge: (cause: unknown) => Error;
  readonly broken: (what: string, cause?: unknown) => Error;
}

/** A header, and an extension with a long name, for each of so many files: what may be there besides contents. */
const HEADERS_BYTES = 16 * 1024 * 1024;

/**
 * The regular files of a small `.tgz`, one at a time; links, devices and directories are passed over. Unpacks in memory, and no more than `maxBytes` of files may
 * take, whatever the archive says of itself. For what may be large, and goes to disk, there is `unpack`.
 */
export function* tarFiles(archive: Uint8Array, { maxBytes, tooLarge, broken }: TarFilesOptions): Generator<TarFile> {
  const tar = unzipped(archive, { maxBytes, tooLarge, broken });
  const noTar = (what: string) => broken(`no sound tar archive: ${what}`);
  const headers = new TarHeaders(noTar);
  const taken = (start: number, end: number) => {
    if (end > tar.length) throw noTar('it ends too early');
    return tar.subarray(start, end);
  };
  for (let at = 0; at < tar.length; ) {
    const start = at + TAR_BLOCK;
    const step = headers.read(taken(at, start));
    if (step.kind === 'end') return;
    const { size } = step.kind === 'extension' ? step : step.entry;
    const data = taken(start, start + size);
    if (step.kind === 'extension') headers.extend(step.flag, data);
    else if (step.entry.type === 'file') yield { name: step.entry.name, data };
    at = start + paddedSize(size);
  }
}

function unzipped(archive: Uint8Array, { maxBytes, tooLarge, broken }: TarFilesOptions): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: maxBytes + HEADERS_BYTES });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(error);
    throw broken('no sound gzip file', error);
  }
}
