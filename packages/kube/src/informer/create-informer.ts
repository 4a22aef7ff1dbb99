import { type Clock, deadlineSignal, type KubeObject, type Resource, systemClock } from '@gotk/apimachinery';
import type { KubeClient, Selectors } from '../client.ts';
import { isNotFound, NoMatch } from '../errors.ts';
import type { Delta, Indexes, Informer } from './informer.ts';
import { createListWatch } from './list-watch.ts';
import {
  type Filling,
  holdMs,
  type ListWatchEvent,
  type ListWatchState,
  next,
  question,
  startWith,
  withJitter,
} from './list-watch-state.ts';
import { createObjectCache } from './object-cache.ts';
import type { ServedKinds } from './served-kinds.ts';

export interface InformerOptions<T extends KubeObject> extends Selectors {
  readonly client: KubeClient;
  readonly resource: Resource<T>;
  readonly indexes?: Indexes<T>;
  /**
   * What to keep of each object: strip what nobody reads. Must keep apiVersion, kind and, of metadata, name, namespace, uid and resourceVersion. Called as each
   * object arrives. Default: all but `managedFields`, which are the larger half of many objects and of no use to whoever reads specs and statuses.
   */
  readonly transform?: (object: T) => T;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Told of every error that the informer survives; of a kind that is not served, once, by a `NoMatch`. */
  readonly onError?: (error: unknown) => void;
  /**
   * How to get what there is: streamed, unless the client cannot. A server that does not is noticed, and asked for pages from then on.
   * Streams take a request less and, for many whole objects, half the memory: no page is ever in it.
   */
  readonly filling?: Filling;
  /** Called when the server turned out not to stream. */
  readonly onPaged?: () => void;
  /** Objects a page; fewer when they turn out to be too large for that. */
  readonly pageSize?: number;
  /** A watch that is silent for longer is taken for dead: the server sends a bookmark once a minute, give or take a second and a quarter. */
  readonly stalledAfterMs?: number;
  /** Who tells that a kind begins to be served; absent: a kind that is not served is looked for every now and then. */
  readonly kinds?: ServedKinds;
}

/** Ten thousand objects of 500 a page took 70 MiB on the way, of 250 a page 22 MiB: what a page takes must die young. */
const PAGE_SIZE = 250;
const STALLED_AFTER_MS = 62_000;

/** An informer whose owner may still learn what to find objects by. */
export interface OwnInformer<T extends KubeObject> extends Informer<T> {
  /** Files objects by further indexes. Throws for an index whose name is taken by a different one. */
  addIndexes(indexes: Indexes<T>): void;
}

export function createInformer<T extends KubeObject>(options: InformerOptions<T>): OwnInformer<T> {
  const { client, clock = systemClock, random = Math.random, kinds } = options;
  const { transform = withoutManagedFields<T>, onError = () => undefined } = options;
  const cache = createObjectCache<T>(options.indexes);
  const handlers = new Set<(delta: Delta<T>) => void>();
  const waiting = new Set<() => void>();
  let resource = options.resource;
  let served: boolean | undefined;
  let heardAt = clock.monotonic();

  const publish = (deltas: readonly Delta<T>[]) => {
    for (const delta of deltas) for (const handler of handlers) handler(delta);
  };
  const heard = () => {
    heardAt = clock.monotonic();
  };
  /** All that there is, which for a kind that is not served is nothing. */
  const complete = (objects: readonly T[], isServed: boolean) => {
    publish(cache.replace(objects));
    served = isServed;
    for (const done of waiting) done();
  };

  /** That a path is not found is believed only if discovery says so too: whoever stands in for the server for a moment must not make everything be deleted. */
  const eventOf = async (error: unknown, signal: AbortSignal): Promise<ListWatchEvent> => {
    const absent = isNotFound(error) && (served === false || (await isAbsent(signal)));
    signal.throwIfAborted();
    if (!absent) {
      onError(error);
      return { kind: 'failed', error };
    }
    if (served !== false) {
      onError(new NoMatch(resource));
      complete([], false);
    }
    return { kind: 'absent' };
  };
  const isAbsent = async (signal: AbortSignal): Promise<boolean> => {
    client.mapper.forget(resource);
    return await client.mapper.resourceFor(resource, { signal }).then(
      () => false,
      (error: unknown) => error instanceof NoMatch,
    );
  };

  const listWatch = createListWatch<T>({
    client,
    clock,
    selectors: selectorsOf(options),
    pageSize: options.pageSize ?? PAGE_SIZE,
    stalledAfterMs: options.stalledAfterMs ?? STALLED_AFTER_MS,
    eventOf,
    sink: {
      keep: transform,
      replace: (objects) => complete(objects, true),
      set: (object) => publish(cache.set(object)),
      delete: (object) => publish(cache.delete(object)),
      heard,
      onError,
    },
  });

  const step = async (state: ListWatchState, signal: AbortSignal): Promise<ListWatchState> => {
    if (question(state) === 'watch') return await listWatch.watch(resource, state, signal);
    try {
      return next(state, { kind: 'listed', ...(await listWatch.list(resource, signal)) });
    } catch (error) {
      signal.throwIfAborted();
      return next(state, await eventOf(error, signal));
    }
  };
  /** A server that answers anybody is there again for all: nobody who waited for it waits on. */
  const stayAway = async ({ forMs, atLeastMs }: { readonly forMs: number; readonly atLeastMs: number }, signal: AbortSignal) => {
    if (forMs === atLeastMs || client.untilAnswered === undefined) return await clock.sleep(forMs, signal);
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const answered = client.untilAnswered(either);
    await clock.sleep(atLeastMs, signal);
    await Promise.race([answered, clock.sleep(forMs - atLeastMs, either)]);
    over.abort();
  };
  /** Stays away for as long as the state says; for a kind that is absent, at most until a definition of it shows up. */
  const pause = async (state: ListWatchState, signal: AbortSignal): Promise<ListWatchState> => {
    const jitter = withJitter(1, random);
    const forMs = state.afterMs * jitter;
    if (state.at !== 'absent' || kinds === undefined) {
      await stayAway({ forMs, atLeastMs: holdMs(state) * jitter }, signal);
      return state;
    }
    using look = deadlineSignal({ parents: [signal], timeoutMs: forMs, clock });
    const found = await kinds.untilServed(resource, { exceptBy: state.toldBy, signal: look.signal });
    if (found === undefined) return state;
    const { plural, namespaced, by } = found;
    resource = { ...resource, plural, namespaced };
    client.mapper.forget(resource);
    return next(state, { kind: 'told', by });
  };

  return {
    get: cache.get,
    list: cache.list,
    byIndex: cache.byIndex,
    addIndexes: cache.addIndexes,
    get synced() {
      return served !== undefined;
    },
    get served() {
      return served;
    },
    silentForMs: () => clock.monotonic() - heardAt,
    whenSynced(signal) {
      if (served !== undefined) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const settle = () => {
          waiting.delete(settle);
          signal.removeEventListener('abort', settle);
          if (served !== undefined) resolve();
          else reject(signal.reason);
        };
        waiting.add(settle);
        if (signal.aborted) settle();
        else signal.addEventListener('abort', settle, { once: true });
      });
    },
    subscribe(handler) {
      for (const object of cache.list()) handler({ kind: 'added', object });
      handlers.add(handler);
      return { [Symbol.dispose]: () => handlers.delete(handler) };
    },
    async run(signal) {
      let state = startWith(options.filling ?? (client.initialEvents ? 'streamed' : 'paged'));
      try {
        while (!signal.aborted) {
          state = await pause(state, signal);
          if (signal.aborted) return;
          heard();
          const { filling } = state;
          state = await step(state, signal);
          if (state.filling !== filling) options.onPaged?.();
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}

/** Everything but who wrote which field. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function selectorsOf({ namespace, labelSelector, fieldSelector, metadataOnly }: Selectors): Selectors {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(metadataOnly === undefined ? {} : { metadataOnly }),
  };
}
