import { kustomizations } from '@gotk/api';
import { keyOf } from '@gotk/apimachinery';
import { isNotFound, type KubeClient } from '@gotk/kube';
import { Superseded } from '@gotk/runtime';
import type { Progress } from './progress.ts';
import { sourceResources } from './sources.ts';

/**
 * Asks the API server itself whether spec and source are what this run works from. Caches may be behind, for as long as a watch that has died in silence; to apply
 * from the past heals with the next run, to delete does not. Throws `Superseded` when they are not.
 */
export async function confirmIntent(
  { kustomization, source, signal }: Pick<Progress, 'kustomization' | 'source' | 'signal'>,
  { ownClient }: { readonly ownClient: Pick<KubeClient, 'get'> },
): Promise<void> {
  const { spec, metadata } = kustomization;
  const { kind, name, namespace = metadata.namespace ?? '' } = spec.sourceRef;
  try {
    const [present, { status }] = await Promise.all([
      ownClient.get(kustomizations, keyOf(kustomization), { signal, metadataOnly: true }),
      ownClient.get(sourceResources[kind], { namespace, name }, { signal }),
    ]);
    const { uid, generation, deletionTimestamp } = present.metadata;
    const { digest, revision } = status?.artifact ?? {};
    const isSameSpec = uid === metadata.uid && generation === metadata.generation && deletionTimestamp === undefined;
    if (isSameSpec && digest === source.artifact.digest && revision === source.revision) return;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  throw new Superseded('spec or source were not what they are now');
}
