import { type Clock, createMergePatch, keyOf, type Resource } from '@gotk/apimachinery';
import { ConnectionError, isConflict, type KubeClient } from '@gotk/kube';
import type { CommonStatus, StatusBearing } from './summarise.ts';

export interface StatusWriter<T extends StatusBearing> {
  /** The object as last read or written. */
  readonly object: T;
  /** Brings the status to what `next` makes of the object. No request when that is what it is already. Resolves when the server has it. */
  write(next: (object: T) => CommonStatus): Promise<void>;
}

const ATTEMPTS = 5;
const RETRY_MS = 200;

/**
 * Writes the status of one object during one run: each write on top of the one before, in the order in which they were asked for.
 *
 * The resourceVersion travels along: a write based on a stale view is refused by the server, read again and computed anew; an object that was replaced by
 * another of the same name is left alone.
 */
export function statusWriter<T extends StatusBearing>(
  start: T,
  {
    client,
    resource,
    clock,
    signal,
  }: { readonly client: KubeClient; readonly resource: Resource<T>; readonly clock: Clock; readonly signal: AbortSignal },
): StatusWriter<T> {
  const key = keyOf(start);
  let object = start;
  let tail: Promise<void> = Promise.resolve();

  const write = async (next: (object: T) => CommonStatus): Promise<void> => {
    for (let attempt = 1; ; attempt++) {
      const patch = createMergePatch(object.status ?? {}, next(object));
      if (patch === undefined) return;
      const body = { metadata: { resourceVersion: object.metadata.resourceVersion }, status: patch };
      try {
        object = await client.patch(resource, { key, patch: { type: 'merge', body } }, { signal, subresource: 'status' });
        return;
      } catch (error) {
        signal.throwIfAborted();
        const passing = isConflict(error) || error instanceof ConnectionError;
        if (!passing || attempt === ATTEMPTS) throw error;
        await clock.sleep(error instanceof ConnectionError ? RETRY_MS * attempt : 0, signal);
        const fresh = await client.get(resource, key, { signal });
        if (fresh.metadata.uid !== start.metadata.uid) return;
        object = fresh;
      }
    }
  };

  return {
    get object() {
      return object;
    },
    write(next) {
      const mine = tail.then(() => write(next));
      tail = mine.catch(() => undefined);
      return mine;
    },
  };
}
