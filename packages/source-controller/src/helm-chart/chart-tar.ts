import { gunzipSync, gzipSync } from 'node:zlib';
import { END_OF_TAR, paddedSize, paddingOf, renderTarHeader, TAR_BLOCK, TarHeaders } from '@gotk/artifact/files';
import { type ArchiveEntry, type ChartFile, HelmError } from '@gotk/helm';

/** A header, and an extension with a long name, for each of so many files: what may be there besides contents. */
const HEADERS_BYTES = 16 * 1024 * 1024;
const FILE_MODE = 0o644;

/**
 * The regular files of a `.tgz`, one at a time; links, devices and directories are passed over. Unpacks no more than `maxBytes` of files may take, whatever the archive says of itself.
 * Throws `HelmError`: `too-large`, or `invalid-chart` for what is no archive.
 */
export function* tarEntries(archive: Uint8Array, maxBytes: number): Generator<ArchiveEntry> {
  const tar = unzipped(archive, maxBytes);
  const headers = new TarHeaders(broken);
  const taken = (start: number, end: number) => {
    if (end > tar.length) throw broken('it ends too early');
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

/** A `.tgz` of files in the order given, of nobody's and of no time: equal files are equal bytes. */
export function packTar(files: readonly ChartFile[]): Buffer {
  const blocks = files.flatMap(({ name, data }) => [
    renderTarHeader({ name, mode: FILE_MODE, size: data.length }),
    data,
    END_OF_TAR.subarray(0, paddingOf(data.length)),
  ]);
  return gzipSync(Buffer.concat([...blocks, END_OF_TAR]));
}

function unzipped(archive: Uint8Array, maxBytes: number): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: maxBytes + HEADERS_BYTES });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new HelmError('too-large', `decompressed chart is larger than the maximum size ${maxBytes}`, { cause: error });
    throw new HelmError('invalid-chart', 'the chart is no sound gzip file', { cause: error });
  }
}

const broken = (what: string) => new HelmError('invalid-chart', `the chart is no sound tar archive: ${what}`);
