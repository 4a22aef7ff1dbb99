import type { KubeObject, ObjectKey } from '@gotk/apimachinery';

/** What changed in the cache. `old` is what the cache held before. */
export type Delta<T> =
  | { readonly kind: 'added'; readonly object: T }
  | { readonly kind: 'updated'; readonly object: T; readonly old: T }
  | { readonly kind: 'deleted'; readonly object: T };

/** How an object is found other than by its key: name of the index → the values under which an object is filed. */
export type Indexes<T> = Readonly<Record<string, (object: T) => readonly string[]>>;

/** A read-only view of a cache that a watch keeps current. Reads never make requests. */
export interface Reader<T extends KubeObject> {
  get(key: ObjectKey): T | undefined;
  list(): readonly T[];
  byIndex(index: string, value: string): readonly T[];
}

/**
 * A list, kept current by a watch, with change notification.
 *
 * Guarantees: every handler sees every object once as `added` (those present when it subscribes included), and afterwards each change in order; a
 * relist is delivered as the difference to the cache, deletions that happened meanwhile included. Handlers must not throw and must not block.
 */
export interface Informer<T extends KubeObject> extends Reader<T> {
  /** True once the cache has been complete; stays true. The cache of a kind that is not served is complete, and empty: see `served`. */
  readonly synced: boolean;
  /**
   * Whether the server serves the kind, as far as is known; undefined before its first answer. While it does not, the informer rests: objects that it held have
   * been delivered as deleted, and those of the same kind and version that is defined later are delivered as added. Whoever cannot do without the kind
   * waits for this to be true; whoever can needs `synced` alone.
   */
  readonly served: boolean | undefined;
  /** Milliseconds (monotonic) since the server was last heard from: an event, a bookmark or a list. */
  silentForMs(): number;
  /** Resolves when `synced`; rejects with the signal's reason. */
  whenSynced(signal: AbortSignal): Promise<void>;
  subscribe(handler: (delta: Delta<T>) => void): Disposable;
  /** Lists and watches until the signal aborts; never throws for what the server or the network does. */
  run(signal: AbortSignal): Promise<void>;
}
