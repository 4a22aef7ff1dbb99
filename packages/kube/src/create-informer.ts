import { type Clock, type KubeObject, type Resource, systemClock } from '@gotk/apimachinery';
import type { KubeClient, ListPage, Selectors } from './client.ts';
import { AnswerTooLarge, ConnectionError } from './errors.ts';
import type { Delta, Indexes, Informer } from './informer.ts';
import { backOffMs, type ListWatchState, next, START } from './list-watch-state.ts';
import { createObjectCache } from './object-cache.ts';

export interface InformerOptions<T extends KubeObject> extends Selectors {
  readonly client: KubeClient;
  readonly resource: Resource<T>;
  readonly indexes?: Indexes<T>;
  /** What to keep of each object: strip what nobody reads. Must keep apiVersion, kind and, of metadata, name, namespace, uid and resourceVersion. */
  readonly transform?: (object: T) => T;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Told of every error that the informer survives. */
  readonly onError?: (error: unknown) => void;
  /** Objects a page; fewer when they turn out to be too large for that. */
  readonly pageSize?: number;
  /** A watch that is silent for longer is taken for dead: the server sends a bookmark about once a minute. */
  readonly stalledAfterMs?: number;
}

const PAGE_SIZE = 500;
const STALLED_AFTER_MS = 90_000;

/** An informer whose owner may still learn what to find objects by. */
export interface OwnInformer<T extends KubeObject> extends Informer<T> {
  /** Files objects by further indexes. Throws for an index whose name is taken by a different one. */
  addIndexes(indexes: Indexes<T>): void;
}

export function createInformer<T extends KubeObject>(options: InformerOptions<T>): OwnInformer<T> {
  const {
    client,
    resource,
    clock = systemClock,
    random = Math.random,
    transform = (object: T) => object,
    onError = () => undefined,
  } = options;
  const { stalledAfterMs = STALLED_AFTER_MS } = options;
  const selectors = selectorsOf(options);
  const cache = createObjectCache<T>(options.indexes);
  const handlers = new Set<(delta: Delta<T>) => void>();
  const waiting = new Set<() => void>();
  let pageSize = options.pageSize ?? PAGE_SIZE;
  let synced = false;
  let heardAt = clock.monotonic();

  const publish = (deltas: readonly Delta<T>[]) => {
    for (const delta of deltas) for (const handler of handlers) handler(delta);
  };
  const heard = () => {
    heardAt = clock.monotonic();
  };

  /** A page whose answer is too long is asked for again with fewer objects on it, and so are all that follow. */
  const nextPage = async (token: string | undefined, signal: AbortSignal): Promise<ListPage<T>> => {
    for (;;) {
      try {
        return await client.list(resource, { ...selectors, limit: pageSize, ...(token === undefined ? {} : { continue: token }), signal });
      } catch (error) {
        if (!(error instanceof AnswerTooLarge) || pageSize === 1) throw error;
        onError(error);
        pageSize = Math.ceil(pageSize / 4);
      }
    }
  };

  const listAll = async (signal: AbortSignal): Promise<string> => {
    const items: T[] = [];
    let token: string | undefined;
    let resourceVersion: string;
    do {
      const page = await nextPage(token, signal);
      heard();
      for (const item of page.items) items.push(transform(item));
      resourceVersion = page.resourceVersion;
      token = page.continue;
    } while (token !== undefined);
    publish(cache.replace(items));
    synced = true;
    for (const done of waiting) done();
    return resourceVersion;
  };

  const watchFrom = async (from: ListWatchState & { readonly at: 'watching' }, signal: AbortSignal): Promise<ListWatchState> => {
    let state: ListWatchState = from;
    const stalled = new AbortController();
    const guard = guardSilence();
    try {
      const events = client.watch(resource, {
        ...selectors,
        resourceVersion: from.resourceVersion,
        signal: AbortSignal.any([signal, stalled.signal]),
      });
      for await (const event of events) {
        heard();
        if (event.type === 'BOOKMARK') {
          state = next(state, { kind: 'seen', resourceVersion: event.resourceVersion });
          continue;
        }
        publish(event.type === 'DELETED' ? cache.delete(event.object) : cache.set(transform(event.object)));
        state = next(state, { kind: 'seen', resourceVersion: event.object.metadata.resourceVersion ?? '' });
      }
      return next(state, { kind: 'closed' });
    } catch (error) {
      signal.throwIfAborted();
      onError(error);
      return next(state, { kind: 'failed', error });
    } finally {
      guard[Symbol.dispose]();
    }

    function guardSilence(): Disposable {
      let timer = clock.after(stalledAfterMs, check);
      function check() {
        const silentMs = clock.monotonic() - heardAt;
        if (silentMs >= stalledAfterMs)
          stalled.abort(new ConnectionError(`watch of ${resource.plural} was silent for ${Math.round(silentMs / 1000)} s`));
        else timer = clock.after(stalledAfterMs - silentMs, check);
      }
      return { [Symbol.dispose]: () => timer[Symbol.dispose]() };
    }
  };

  return {
    get: cache.get,
    list: cache.list,
    byIndex: cache.byIndex,
    addIndexes: cache.addIndexes,
    get synced() {
      return synced;
    },
    silentForMs: () => clock.monotonic() - heardAt,
    whenSynced(signal) {
      if (synced) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const settle = () => {
          waiting.delete(settle);
          signal.removeEventListener('abort', settle);
          if (synced) resolve();
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
      let state = START;
      while (!signal.aborted) {
        await clock.sleep(backOffMs(state.failures, random), signal);
        if (signal.aborted) return;
        heard();
        const before = state;
        try {
          state =
            state.at === 'empty' ? next(state, { kind: 'listed', resourceVersion: await listAll(signal) }) : await watchFrom(state, signal);
          // A server that closes each watch at once must not be asked a thousand times a second.
          if (state === before) await clock.sleep(backOffMs(1, random), signal);
        } catch (error) {
          if (signal.aborted) return;
          onError(error);
          state = next(state, { kind: 'failed', error });
        }
      }
    },
  };
}

function selectorsOf({ namespace, labelSelector, fieldSelector, metadataOnly }: Selectors): Selectors {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(metadataOnly === undefined ? {} : { metadataOnly }),
  };
}
