import type { KubeObject } from '@gotk/apimachinery';

/**
 * The newest state known of each object: the cache's, or what the server answered to our own last write while the cache has not caught up with it.
 * Acting on an older state than one's own last write would undo it.
 */
export interface Freshest<T extends KubeObject> {
  /** Notes what the server answered to a write. */
  note(key: string, written: T): void;
  of(key: string, cached: T | undefined): T | undefined;
  forget(key: string): void;
}

export function createFreshest<T extends KubeObject>(): Freshest<T> {
  const written = new Map<string, T>();
  return {
    note: (key, object) => written.set(key, object),
    of(key, cached) {
      const own = written.get(key);
      if (own === undefined || cached === undefined) return cached;
      if (own.metadata.uid === cached.metadata.uid && isNewer(own, cached)) return own;
      written.delete(key);
      return cached;
    },
    forget: (key) => written.delete(key),
  };
}

/** Resource versions of one object are comparable as integers (Kubernetes 1.35, KEP-5504). */
function isNewer(a: KubeObject, b: KubeObject): boolean {
  return BigInt(a.metadata.resourceVersion ?? '0') > BigInt(b.metadata.resourceVersion ?? '0');
}
