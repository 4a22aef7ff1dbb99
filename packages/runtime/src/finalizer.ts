import { type KubeObject, keyOf, type Resource } from '@gotk/apimachinery';
import { isConflict, isNotFound, type KubeClient } from '@gotk/kube';

export const FINALIZER = 'finalizers.fluxcd.io';

export const hasFinalizer = (object: KubeObject): boolean => object.metadata.finalizers?.includes(FINALIZER) === true;

interface Target<T> {
  readonly object: T;
  readonly signal: AbortSignal;
}

/** Puts our finalizer on the object: nothing may be created on its behalf before it is there, or a deletion could leave it behind. */
export function addFinalizer<T extends KubeObject>(client: KubeClient, resource: Resource<T>, target: Target<T>): Promise<T> {
  return change(client, resource, {
    ...target,
    next: (finalizers) => (finalizers.includes(FINALIZER) ? finalizers : [...finalizers, FINALIZER]),
  });
}

/** Takes our finalizer away and nobody else's; the object being gone already is fine. */
export async function removeFinalizer<T extends KubeObject>(client: KubeClient, resource: Resource<T>, target: Target<T>): Promise<void> {
  try {
    await change(client, resource, { ...target, next: (finalizers) => finalizers.filter((name) => name !== FINALIZER) });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function change<T extends KubeObject>(
  client: KubeClient,
  resource: Resource<T>,
  { object, signal, next }: Target<T> & { readonly next: (finalizers: readonly string[]) => readonly string[] },
): Promise<T> {
  const key = keyOf(object);
  let current = object;
  for (;;) {
    const before = current.metadata.finalizers ?? [];
    const after = next(before);
    if (after === before || after.length === before.length) return current;
    // A merge patch replaces the whole list: the resourceVersion keeps it from replacing one that we have not seen.
    const body = { metadata: { resourceVersion: current.metadata.resourceVersion, finalizers: after } };
    try {
      return await client.patch(resource, { key, patch: { type: 'merge', body } }, { signal });
    } catch (error) {
      if (!isConflict(error)) throw error;
      current = await client.get(resource, key, { signal });
      if (current.metadata.uid !== object.metadata.uid) return current;
    }
  }
}
