import type { Artifact } from '@gotk/api';
import { type KubeObject, keyOf, renderKey } from '@gotk/apimachinery';
import type { Informer } from '@gotk/kube';
import { type Trigger, watches } from '../controller/controller.ts';

/** Any kind that stands for an artifact: a source of the toolkit, or an ExternalArtifact of somebody else's. */
export interface ArtifactSource extends KubeObject {
  readonly status?: { readonly artifact?: Artifact };
}

/** Under which an index files those who refer to a source: `GitRepository/flux-system/apps`. */
export const sourceId = (kind: string, key: { readonly namespace: string; readonly name: string }): string => `${kind}/${renderKey(key)}`;

/**
 * Wakes those whom `index` files under the source's `sourceId` when it appears, goes, has another artifact, or has it at another address; nothing else in its
 * status concerns them. A new artifact overtakes whatever is being done with the one before, a stuck health check above all.
 */
export function artifactWatch<S extends ArtifactSource>(sources: Informer<S>, { index }: { readonly index: string }): Trigger {
  return watches(sources, (delta) => {
    const { object } = delta;
    const woken = { index, value: sourceId(object.kind, keyOf(object)), priority: 'normal' } as const;
    if (delta.kind !== 'updated') return [woken];
    const [old, now] = [delta.old.status?.artifact, object.status?.artifact];
    if (old?.digest === now?.digest && old?.revision === now?.revision && old?.url === now?.url) return [];
    return [{ ...woken, supersedes: old !== undefined }];
  });
}
