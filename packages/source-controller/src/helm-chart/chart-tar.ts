import { gzipSync } from 'node:zlib';
import { END_OF_TAR, paddingOf, renderTarHeader, tarFiles } from '@gotk/artifact/files';
import { type ArchiveEntry, archiveErrors, type ChartFile } from '@gotk/helm';

const FILE_MODE = 0o644;

/**
 * The regular files of a `.tgz`, one at a time; links, devices and directories are passed over. Unpacks no more than `maxBytes` of files may take, whatever the archive says of itself.
 * Throws `HelmError`: `too-large`, or `invalid-chart` for what is no archive.
 */
export const tarEntries = (archive: Uint8Array, maxBytes: number): Iterable<ArchiveEntry> =>
  tarFiles(archive, { maxBytes, ...archiveErrors(maxBytes) });

/** A `.tgz` of files in the order given, of nobody's and of no time: equal files are equal bytes. */
export function packTar(files: readonly ChartFile[]): Buffer {
  const blocks = files.flatMap(({ name, data }) => [
    renderTarHeader({ name, mode: FILE_MODE, size: data.length }),
    data,
    END_OF_TAR.subarray(0, paddingOf(data.length)),
  ]);
  return gzipSync(Buffer.concat([...blocks, END_OF_TAR]));
}
