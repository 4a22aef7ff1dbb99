/** A map that holds the entries set last, so many at most: what strangers name must not fill memory. */
export interface Latest<K, V> {
  readonly size: number;
  get(key: K): V | undefined;
  /** Makes the entry the last one, and lets go of the oldest when there are too many. */
  set(key: K, value: V): void;
  delete(key: K): void;
}

export function latest<K, V>(capacity: number): Latest<K, V> {
  // A Map keeps the order of insertion: the first is the oldest.
  const entries = new Map<K, V>();
  return {
    get size() {
      return entries.size;
    },
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key);
      entries.set(key, value);
      for (const oldest of entries.keys()) {
        if (entries.size <= capacity) break;
        entries.delete(oldest);
      }
    },
    delete: (key) => void entries.delete(key),
  };
}
