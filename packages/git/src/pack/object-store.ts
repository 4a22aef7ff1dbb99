export type ObjectType = 'commit' | 'tree' | 'blob' | 'tag';

export interface GitObject {
  readonly type: ObjectType;
  /** May be read from a file each time that it is asked for: ask once. */
  readonly content: Buffer;
  /** Bytes of the content, where that is known without reading it. */
  readonly size?: number;
  /** The content piece by piece, of an object too large to be held as a whole for long. */
  readonly pieces?: (() => Iterable<Buffer>) | undefined;
}

/** Objects by their ids. Each is what its id says: whoever fills a store has hashed it. A `Map` is one. */
export type ObjectStore = Pick<ReadonlyMap<string, GitObject>, 'size' | 'has' | 'get' | 'keys'>;

/** What any of the stores holds: the first that has an object gives it. */
export function joinedStores(stores: readonly ObjectStore[]): ObjectStore {
  const holder = (oid: string) => stores.find((store) => store.has(oid));
  const all = () => new Set(stores.flatMap((store) => [...store.keys()]));
  return {
    get size() {
      return all().size;
    },
    has: (oid) => holder(oid) !== undefined,
    get: (oid) => holder(oid)?.get(oid),
    keys: () => all().keys(),
  };
}
