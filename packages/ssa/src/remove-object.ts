import { type Clock, DeadlineExceeded, type KubeObject, keyOf, type ObjectKey, type Resource } from '@gotk/apimachinery';
import { isConflict, isNotFound, type KubeClient } from '@gotk/kube';
import { ApplyFailed } from './errors.ts';
import { referenceTo, renderReference } from './inventory.ts';

export interface RemoveOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const FIRST_MS = 50;
const LONGEST_MS = 1_000;

/**
 * Deletes an object to make room for another of its name, and waits until it is gone; what it owns is collected in the background.
 *
 * The deletion is tied to the object that was there: one that took its place meanwhile is left alone. Throws `ApplyFailed`, naming the finalizers, when time
 * runs out first; the signal's reason on any other abort.
 */
export async function removeObject(resource: Resource, object: KubeObject, { client, clock, signal }: RemoveOptions): Promise<void> {
  const key = keyOf(object);
  const doomed = await metadataOf(resource, key, { client, signal });
  const uid = doomed?.metadata.uid;
  if (uid === undefined) return;
  try {
    if (doomed?.metadata.deletionTimestamp === undefined && (await client.delete(resource, key, { uid, signal })) === 'gone') return;
  } catch (error) {
    // A conflict: it is another one by now.
    if (!isNotFound(error) && !isConflict(error)) throw error;
    return;
  }
  for (let pauseMs = FIRST_MS; ; pauseMs = Math.min(LONGEST_MS, pauseMs * 2)) {
    const live = await metadataOf(resource, key, { client, signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
      return doomed;
    });
    if (live?.metadata.uid !== uid) return;
    if (!signal.aborted) await clock.sleep(pauseMs, signal);
    if (signal.aborted) throw signal.reason instanceof DeadlineExceeded ? stillThere(live) : signal.reason;
  }
}

function stillThere(live: KubeObject): ApplyFailed {
  const { finalizers = [] } = live.metadata;
  const held = finalizers.length === 0 ? '' : `: held by ${finalizers.slice(0, 5).join(', ')}`;
  return new ApplyFailed(
    `${renderReference(referenceTo(live))} immutable field detected, failed to wait for object to be deleted: it is still there${held}`,
  );
}

async function metadataOf(
  resource: Resource,
  key: ObjectKey,
  { client, signal }: Pick<RemoveOptions, 'client' | 'signal'>,
): Promise<KubeObject | undefined> {
  try {
    return await client.get(resource, key, { signal, metadataOnly: true });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
