import { type KubeObject, keyOf, type Resource } from '@gotk/apimachinery';
import { isConflict, isNotFound, type KubeClient } from '@gotk/kube';
import { type TakeoverOptions, takeoverPatch } from './takeover.ts';

const ATTEMPTS = 5;

/**
 * Takes a live object over: what the named managers hold of it becomes ours, and the marks of older tools go. Nothing else of it changes; the next apply
 * takes away what is not desired. Answers whether there was anything to do.
 */
export async function takeOver(
  resource: Resource,
  object: KubeObject,
  {
    client,
    signal,
    optionsFor,
  }: {
    readonly client: KubeClient;
    readonly signal: AbortSignal;
    readonly optionsFor: (live: KubeObject) => TakeoverOptions;
  },
): Promise<boolean> {
  const key = keyOf(object);
  for (let attempt = 1; ; attempt++) {
    try {
      const live = await client.get(resource, key, { signal, metadataOnly: true });
      const options = optionsFor(live);
      const body = takeoverPatch(live.metadata, options);
      if (body === undefined) return false;
      await client.patch(resource, { key, patch: { type: 'json', body } }, { signal, fieldManager: options.fieldManager });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      if (!isConflict(error) || attempt === ATTEMPTS) throw error;
    }
  }
}
