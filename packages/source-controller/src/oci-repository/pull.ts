import { join } from 'node:path';
import type { OCIRepository } from '@gotk/api';
import type { DigestAlgorithm, Scratch } from '@gotk/artifact';
import { type Annotations, connect, type Digest, layerOf, metadataOf, type RegistryOptions } from '@gotk/oci';
import { TaskFailed, type WorkerPool } from '@gotk/runtime';
import type { Draft } from '../source/source-run.ts';
import type { ArchiveLayer, LayerReport } from './archive-layer.ts';
import { LIMITS } from './limits.ts';
import { PartFailed, part } from './part-failed.ts';

export interface ArtifactRequest {
  readonly registry: RegistryOptions;
  readonly digest: Digest;
  readonly spec: Pick<OCIRepository['spec'], 'ignore' | 'layerSelector'>;
  readonly algorithm: DigestAlgorithm;
}

export interface PullContext {
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
  readonly workers: WorkerPool;
  /** On whose behalf, as `namespace/name`. */
  readonly of: string;
}

export interface ArtifactDraft extends Draft {
  readonly metadata: Annotations;
}

export const copiesLayer = ({ layerSelector }: ArtifactRequest['spec']): boolean => layerSelector?.operation === 'copy';

/** Pulls an artifact by its digest, and makes a file of the layer that is asked for. Throws `PartFailed`. */
export async function pullArtifact({ registry, digest, spec, algorithm }: ArtifactRequest, context: PullContext): Promise<ArtifactDraft> {
  const { scratch, signal, workers, of } = context;
  using remote = connect(registry);
  const image = await part('pull', () => remote.image(digest, signal));
  const layerFile = join(scratch.directory, 'layer');
  const metadata = await part('layer', async () => {
    await remote.saveBlob(layerOf(image, spec.layerSelector), layerFile, { signal, maxBytes: LIMITS.layerBytes });
    return metadataOf(image);
  });
  const options = { signal, deadlineMs: LIMITS.archiveMs, of };
  try {
    if (copiesLayer(spec)) {
      const task = { layerFile, algorithm };
      return { file: layerFile, metadata, ...(await workers.run<typeof task, LayerReport>('copy layer', task, options)) };
    }
    const output = join(scratch.directory, 'archive');
    const task = { layerFile, contentsFile: join(scratch.directory, 'contents'), ignore: spec.ignore, algorithm, output };
    return { file: output, metadata, ...(await workers.run<ArchiveLayer, LayerReport>('archive layer', task, options)) };
  } catch (error) {
    throw new PartFailed(isLayers(error) ? 'layer' : 'archive', error);
  }
}

/** Whether it is the layer's fault that it could not be archived: what it is, or what it took to find out. */
const isLayers = (error: unknown): boolean =>
  error instanceof TaskFailed && (error.kind === 'error' ? error.errorName === 'LayerUnusable' : FAULTS.has(error.kind));

const FAULTS: ReadonlySet<TaskFailed['kind']> = new Set(['deadline', 'memory', 'crash']);
