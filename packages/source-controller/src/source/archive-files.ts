import { readFileSync } from 'node:fs';
import { type ArchiveReport, type DigestAlgorithm, writeArchive } from '@gotk/artifact/files';

/** Plain data: it crosses into a worker thread. */
export interface ArchiveFiles {
  readonly files: readonly FileOnDisk[];
  readonly algorithm: DigestAlgorithm;
  readonly maxBytes: number;
  /** Where the archive goes. */
  readonly output: string;
}

export interface FileOnDisk {
  /** In the archive. */
  readonly path: string;
  /** On disk. */
  readonly file: string;
  readonly size: number;
}

/** Archives files that were fetched one by one; each is read when its turn comes. Throws `ArtifactError`. */
export function archiveFiles({ files, algorithm, maxBytes, output }: ArchiveFiles): Promise<ArchiveReport> {
  const entries = files.map(({ path, file, size }) => ({
    path,
    executable: false,
    size,
    get content() {
      return readFileSync(file);
    },
  }));
  return writeArchive(output, entries, { algorithm, maxBytes });
}
