import { open, stat } from 'node:fs/promises';
import { ArtifactError, type DigestAlgorithm, digestOf, ignoreRules, unpackedFiles, writeArchive } from '@gotk/artifact/files';
import { ignoreFilesAmong } from '../source/ignore-files.ts';
import { LIMITS } from './limits.ts';

/** Plain data: it crosses into a worker thread. */
export interface ArchiveLayer {
  /** The layer as the registry had it: its digest has been checked. */
  readonly layerFile: string;
  /** A file of the task's own, not there yet. */
  readonly contentsFile: string;
  /** `spec.ignore`. */
  readonly ignore: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** Where the archive goes. */
  readonly output: string;
}

export interface LayerReport {
  /** `sha256:<hex>` of the artifact. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
}

/** The layer is not what an artifact can be made of. */
export class LayerUnusable extends Error {
  override readonly name = 'LayerUnusable';
}

/** Makes an artifact of the files of a layer, a `.tar.gz`, without those that are to be ignored. Throws `LayerUnusable`, or `ArtifactError` for what cannot be archived. */
export async function archiveLayer({ layerFile, contentsFile, ignore, algorithm, output }: ArchiveLayer): Promise<LayerReport> {
  using layer = await unpackedFiles(layerFile, contentsFile).catch((error: unknown) => {
    throw error instanceof ArtifactError ? new LayerUnusable(error.message, { cause: error }) : error;
  });
  const isIgnored = ignoreRules({ files: ignoreFilesAmong(layer.files), spec: ignore });
  const files = layer.files.filter(({ path }) => !isIgnored(path));
  const { digest, size } = await writeArchive(output, files, { algorithm, maxBytes: LIMITS.artifactBytes });
  return { digest, size };
}

/** Makes an artifact of a layer as it is. The file is on disk when this resolves. */
export async function copyLayer({ layerFile, algorithm }: Pick<ArchiveLayer, 'layerFile' | 'algorithm'>): Promise<LayerReport> {
  const digest = await digestOf(layerFile, algorithm);
  await using file = await open(layerFile, 'r');
  await file.sync();
  return { digest, size: (await stat(layerFile)).size };
}
