import { type KubeObject, keyOf } from '@gotk/apimachinery';
import { isForbidden, isNotFound, type KubeClient } from '@gotk/kube';
import type { DriftWatch } from './drift-watch.ts';
import { inPool } from './in-pool.ts';
import { referenceTo } from './inventory.ts';
import type { Standing } from './managed-fields/takeover.ts';
import type { Desired } from './plan.ts';

export interface LiveObjectsOptions {
  readonly client: KubeClient;
  readonly driftWatch: DriftWatch;
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** Name, uid, version, labels and annotations of an object; and how it stands, or else its managed fields, which tell. */
export type LiveObject = KubeObject & { readonly standing?: Standing };

/** What there is of an object, as far as may be known. */
export type LiveObjects = (desired: Desired) => LiveObject | undefined;

/** What the cluster has of a set: from the watch, and by a request each where nothing is watched. What may not be read counts as not there. */
export async function liveObjects(
  desired: readonly Desired[],
  { client, driftWatch, concurrency, signal }: LiveObjectsOptions,
): Promise<LiveObjects> {
  const asked = new Map<string, KubeObject>();
  const unwatched = desired.flatMap(({ id, object, resource }) =>
    resource === undefined || driftWatch.isWatched({ resource, namespace: object.metadata.namespace ?? '' })
      ? []
      : [{ id, object, resource }],
  );
  await inPool(unwatched, concurrency, async ({ id, object, resource }) => {
    try {
      asked.set(id, await client.get(resource, keyOf(object), { signal, metadataOnly: true }));
    } catch (error) {
      if (!isNotFound(error) && !isForbidden(error)) throw error;
    }
  });
  return ({ id, object, resource }) =>
    asked.get(id) ?? (resource === undefined ? undefined : driftWatch.liveOf(resource, referenceTo(object)));
}
