/** Who waits, for `take` in turns: namespaces one after the other, in each its owners one after the other, of each the oldest first. */
export interface FairQueue<T> {
  readonly size: number;
  /** What has waited longest, whoever's turn it is. */
  readonly oldest: T | undefined;
  /** `of` is `namespace/name`. */
  push(of: string, item: T): void;
  take(): T | undefined;
  /** False if it does not wait here. */
  remove(of: string, item: T): boolean;
  /** Takes all that an owner has waiting. */
  removeAll(of: string): readonly T[];
  clear(): readonly T[];
}

/** The first of a map has the next turn; who had it goes to the end. Each operation but `removeAll` takes constant time. */
export function createFairQueue<T>(): FairQueue<T> {
  const namespaces = new Map<string, Map<string, Set<T>>>();
  const all = new Set<T>();

  const forget = (of: string, item: T): boolean => {
    const namespace = namespaceOf(of);
    const owners = namespaces.get(namespace);
    const items = owners?.get(of);
    if (owners === undefined || items === undefined || !items.delete(item)) return false;
    all.delete(item);
    if (items.size === 0) owners.delete(of);
    if (owners.size === 0) namespaces.delete(namespace);
    return true;
  };

  return {
    get size() {
      return all.size;
    },
    get oldest() {
      return firstOf(all);
    },
    push(of, item) {
      const owners = entryOf(namespaces, namespaceOf(of), () => new Map<string, Set<T>>());
      entryOf(owners, of, () => new Set<T>()).add(item);
      all.add(item);
    },
    take() {
      const namespace = firstOf(namespaces);
      if (namespace === undefined) return undefined;
      const [name, owners] = namespace;
      const owner = firstOf(owners);
      const item = owner && firstOf(owner[1]);
      if (owner === undefined || item === undefined) return undefined;
      forget(owner[0], item);
      toTheEnd(owners, owner[0]);
      toTheEnd(namespaces, name);
      return item;
    },
    remove: forget,
    removeAll(of) {
      const items = [...(namespaces.get(namespaceOf(of))?.get(of) ?? [])];
      for (const item of items) forget(of, item);
      return items;
    },
    clear() {
      const items = [...all];
      namespaces.clear();
      all.clear();
      return items;
    },
  };
}

const namespaceOf = (of: string): string => of.slice(0, Math.max(0, of.indexOf('/')));

function firstOf<T>(items: Iterable<T>): T | undefined {
  for (const item of items) return item;
  return undefined;
}

function entryOf<V>(map: Map<string, V>, key: string, create: () => V): V {
  const found = map.get(key) ?? create();
  map.set(key, found);
  return found;
}

function toTheEnd<V>(map: Map<string, V>, key: string): void {
  const value = map.get(key);
  if (value === undefined) return;
  map.delete(key);
  map.set(key, value);
}
