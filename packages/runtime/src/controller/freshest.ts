import type { KubeObject } from '@gotk/apimachinery';

/**
 * The newest state known of each object: the cache's, or what the server answered to our own last write while the cache has not caught up with it.
 * Acting on an older state than one's own last write would undo it.
 */
export interface Freshest<T extends KubeObject> {
  /** Notes what the server answered to a write. */
  note(key: string, written: T): void;
  /** The newer of our own last write and what the cache holds. */
  of(key: string, cached: T): T;
  /** Lets go of a write that the cache has caught up with. */
  seen(key: string, cached: T): void;
  forget(key: string): void;
}

export function createFreshest<T extends KubeObject>(): Freshest<T> {
  const written = new Map<string, T>();
  const newest = (key: string, cached: T): T => {
    const own = written.get(key);
    if (own !== undefined && own.metadata.uid === cached.metadata.uid && isNewer(own, cached)) return own;
    written.delete(key);
    return cached;
  };
  return {
    note: (key, object) => written.set(key, object),
    of: newest,
    seen: (key, cached) => void newest(key, cached),
    forget: (key) => written.delete(key),
  };
}

const DECIMAL = /^\d{1,30}$/;

/** Resource versions of one object are comparable as integers (Kubernetes 1.35, KEP-5504); of servers that write them otherwise the cache is believed. */
function isNewer(a: KubeObject, b: KubeObject): boolean {
  const [mine, theirs] = [a.metadata.resourceVersion ?? '', b.metadata.resourceVersion ?? ''];
  return DECIMAL.test(mine) && DECIMAL.test(theirs) && BigInt(mine) > BigInt(theirs);
}
