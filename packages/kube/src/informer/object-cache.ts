import { type KubeObject, keyOf, type ObjectKey, renderKey } from '@gotk/apimachinery';
import type { Delta, Indexes, Reader } from './informer.ts';

/** The objects of one informer by key, and by every index. Each change answers with what it means to whoever follows. */
export interface ObjectCache<T extends KubeObject> extends Reader<T> {
  set(object: T): readonly Delta<T>[];
  delete(object: { readonly metadata: KubeObject['metadata'] }): readonly Delta<T>[];
  /** Files what is there, and what comes, by further indexes. Throws for an index whose name is taken by a different one. */
  addIndexes(indexes: Indexes<T>): void;
  /** Takes over a complete list: what is not in it was deleted meanwhile. */
  replace(objects: readonly T[]): readonly Delta<T>[];
}

/** Where an object is filed. One that an index cannot be asked about, because it breaks its schema, must not end the watch for all the others. */
function valuesIn<T>(object: T, valuesOf: (object: T) => readonly string[]): readonly string[] {
  try {
    return [...valuesOf(object)];
  } catch {
    return [];
  }
}

interface Index<T> {
  readonly valuesOf: (object: T) => readonly string[];
  /** Keys by value. */
  readonly filed: Map<string, Set<string>>;
}

export function createObjectCache<T extends KubeObject>(indexes: Indexes<T> = {}): ObjectCache<T> {
  const objects = new Map<string, T>();
  const byName = new Map<string, Index<T>>();

  const fileIn = ({ valuesOf, filed }: Index<T>, key: string, object: T) => {
    for (const value of valuesIn(object, valuesOf)) {
      const keys = filed.get(value);
      if (keys === undefined) filed.set(value, new Set([key]));
      else keys.add(key);
    }
  };
  const file = (key: string, object: T) => {
    for (const index of byName.values()) fileIn(index, key, object);
  };
  const unfile = (key: string, object: T) => {
    for (const { valuesOf, filed } of byName.values()) {
      for (const value of valuesIn(object, valuesOf)) {
        const keys = filed.get(value);
        keys?.delete(key);
        if (keys?.size === 0) filed.delete(value);
      }
    }
  };
  const addIndexes = (more: Indexes<T>) => {
    for (const [name, valuesOf] of Object.entries(more)) {
      const known = byName.get(name);
      if (known?.valuesOf === valuesOf) continue;
      if (known !== undefined) throw new Error(`there is another index '${name}' already`);
      const index: Index<T> = { valuesOf, filed: new Map() };
      byName.set(name, index);
      for (const [key, object] of objects) fileIn(index, key, object);
    }
  };
  addIndexes(indexes);

  const put = (key: string, object: T): readonly Delta<T>[] => {
    const old = objects.get(key);
    if (old !== undefined) unfile(key, old);
    objects.set(key, object);
    file(key, object);
    if (old === undefined) return [{ kind: 'added', object }];
    // The name was given to another object between two things we saw: the first one is gone, and nobody may take one for the other.
    if (old.metadata.uid !== object.metadata.uid)
      return [
        { kind: 'deleted', object: old },
        { kind: 'added', object },
      ];
    return old.metadata.resourceVersion === object.metadata.resourceVersion ? [] : [{ kind: 'updated', object, old }];
  };
  const remove = (key: string): readonly Delta<T>[] => {
    const old = objects.get(key);
    if (old === undefined) return [];
    unfile(key, old);
    objects.delete(key);
    return [{ kind: 'deleted', object: old }];
  };

  return {
    get: (key: ObjectKey) => objects.get(renderKey(key)),
    list: () => [...objects.values()],
    addIndexes,
    byIndex: (name, value) => [...(byName.get(name)?.filed.get(value) ?? [])].flatMap((key) => objects.get(key) ?? []),
    set: (object) => put(renderKey(keyOf(object)), object),
    delete: (object) => remove(renderKey(keyOf(object))),
    replace(next) {
      const present = new Set(next.map((object) => renderKey(keyOf(object))));
      const gone = [...objects.keys()].filter((key) => !present.has(key)).flatMap(remove);
      return [...gone, ...next.flatMap((object) => put(renderKey(keyOf(object)), object))];
    },
  };
}
