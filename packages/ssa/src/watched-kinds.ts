import { type Clock, type KubeObject, type ObjectKey, type Resource, renderApiVersion } from '@gotk/apimachinery';
import { type Delta, type InformerOptions, type InformerSet, isForbidden, isNotOffered } from '@gotk/kube';
import type { WatchBudget } from './watch-budget.ts';

/** Where objects are: of a kind, in a namespace ('' where the kind has none). */
export interface Place {
  readonly resource: Resource;
  readonly namespace: string;
}

export interface WatchedKindsOptions<T extends KubeObject> {
  readonly informers: InformerSet;
  readonly clock: Clock;
  /** Watch each namespace for itself: whoever watches may be allowed to look at no more than that. */
  readonly byNamespace: boolean;
  readonly budget?: WatchBudget | undefined;
  /** What to ask for. */
  readonly question: Pick<InformerOptions<T>, 'metadataOnly' | 'labelSelector' | 'transform'>;
  readonly onDelta: (resource: Resource, delta: Delta<T>) => void;
  /** Nothing more will be heard of some objects of these owners: watching is forbidden from now on. */
  readonly onLost: (owners: readonly string[]) => void;
}

/** One watch a kind, or a kind and namespace, for as long as somebody has objects there. What may not be watched is let be, and tried again after ten minutes. */
export interface WatchedKinds<T extends KubeObject> extends Disposable {
  /** These are the places of an owner's objects from now on. */
  follow(owner: string, places: readonly Place[]): void;
  unfollow(owner: string): void;
  /** Resolves when all places of an owner are known in full or may not be watched, or after `timeoutMs`. Throws the signal's reason. */
  settle(owner: string, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<void>;
  isWatched(place: Place): boolean;
  find(resource: Resource, key: ObjectKey): T | undefined;
}

interface Watch<T extends KubeObject> {
  readonly informer: Pick<ReturnType<InformerSet['hold']>['informer'], 'synced' | 'whenSynced'> & { get(key: ObjectKey): T | undefined };
  readonly stop: Disposable;
}

interface Entry<T extends KubeObject> {
  readonly place: Place;
  readonly owners: Set<string>;
  watch: Watch<T> | undefined;
  refusedAtMs: number;
  /** Aborted when the watch is refused. */
  refused: AbortController;
}

const ASK_AGAIN_MS = 600_000;

export function createWatchedKinds<T extends KubeObject>(options: WatchedKindsOptions<T>): WatchedKinds<T> {
  const { informers, clock, byNamespace, budget, question, onDelta, onLost } = options;
  const entries = new Map<string, Entry<T>>();

  const placeOf = ({ resource, namespace }: Place): Place => ({ resource, namespace: byNamespace && resource.namespaced ? namespace : '' });
  const entryAt = (place: Place): Entry<T> | undefined => entries.get(keyOf(placeOf(place)));

  const close = (entry: Entry<T>) => {
    entry.watch?.stop[Symbol.dispose]();
    entry.watch = undefined;
  };
  const refuse = (entry: Entry<T>) => {
    const wasKnown = entry.watch?.informer.synced === true;
    close(entry);
    entry.refusedAtMs = clock.monotonic();
    entry.refused.abort();
    if (wasKnown) onLost([...entry.owners]);
  };
  const open = (entry: Entry<T>) => {
    const { resource, namespace } = entry.place;
    entry.refused = new AbortController();
    using stack = new DisposableStack();
    if (budget !== undefined) {
      const slot = budget.take();
      if (slot === undefined) return refuse(entry);
      stack.use(slot);
    }
    const holder = stack.use(
      informers.hold<T>(resource as unknown as Resource<T>, {
        ...question,
        ...(namespace === '' ? {} : { namespace }),
        onError: (error) => {
          if (isForbidden(error) || isNotOffered(error)) refuse(entry);
        },
      }),
    );
    stack.use(holder.informer.subscribe((delta) => onDelta(resource, delta)));
    entry.watch = { informer: holder.informer, stop: stack.move() };
  };
  const drop = (key: string, owner: string) => {
    const entry = entries.get(key);
    if (entry === undefined || !entry.owners.delete(owner) || entry.owners.size > 0) return;
    close(entry);
    entries.delete(key);
  };

  return {
    follow(owner, places) {
      const wanted = new Map(places.map(placeOf).map((place) => [keyOf(place), place]));
      for (const [key, place] of wanted) {
        const known = entries.get(key);
        const entry = known ?? {
          place,
          owners: new Set<string>(),
          watch: undefined,
          refusedAtMs: 0,
          refused: new AbortController(),
        };
        entry.owners.add(owner);
        entries.set(key, entry);
        if (known === undefined || (entry.watch === undefined && clock.monotonic() - entry.refusedAtMs >= ASK_AGAIN_MS)) open(entry);
      }
      for (const key of [...entries.keys()]) if (!wanted.has(key)) drop(key, owner);
    },
    unfollow(owner) {
      for (const key of [...entries.keys()]) drop(key, owner);
    },
    async settle(owner, { timeoutMs, signal }) {
      const unknown = [...entries.values()].flatMap(({ owners, watch, refused }) =>
        owners.has(owner) && watch?.informer.synced === false ? [{ informer: watch.informer, refused: refused.signal }] : [],
      );
      if (unknown.length > 0) {
        const late = new AbortController();
        using _timer = clock.after(timeoutMs, () => late.abort());
        const known = unknown.map(({ informer, refused }) => informer.whenSynced(AbortSignal.any([signal, late.signal, refused])));
        await Promise.allSettled(known);
      }
      signal.throwIfAborted();
    },
    isWatched: (place) => entryAt(place)?.watch?.informer.synced === true,
    find: (resource, key) => entryAt({ resource, namespace: key.namespace })?.watch?.informer.get(key),
    [Symbol.dispose]: () => {
      for (const entry of entries.values()) close(entry);
      entries.clear();
    },
  };
}

const keyOf = ({ resource, namespace }: Place): string => `${renderApiVersion(resource)}/${resource.kind}/${namespace}`;
