import type { KubeObject } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { createObjectCache } from './object-cache.ts';

interface Pod extends KubeObject {
  readonly node?: string;
  readonly tags?: readonly string[];
}

const pod = (name: string, resourceVersion: string, fields: Partial<Pod> & { readonly uid?: string } = {}): Pod => {
  const { uid = `uid-${name}`, ...rest } = fields;
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'apps', name, uid, resourceVersion }, ...rest };
};
const indexes = { node: ({ node }: Pod) => (node === undefined ? [] : [node]), tag: ({ tags = [] }: Pod) => tags };
const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

describe('a cache', () => {
  test('tells what each change means', () => {
    const cache = createObjectCache<Pod>();
    const [first, second] = [pod('web', '1'), pod('web', '2')];
    expect(cache.set(first)).toEqual([{ kind: 'added', object: first }]);
    expect(cache.set(second)).toEqual([{ kind: 'updated', object: second, old: first }]);
    expect(cache.delete(second)).toEqual([{ kind: 'deleted', object: second }]);
    expect(cache.delete(second)).toEqual([]);
  });

  test('seeing the same state again is no change', () => {
    const cache = createObjectCache<Pod>();
    cache.set(pod('web', '1'));
    expect(cache.set(pod('web', '1'))).toEqual([]);
  });

  test('an object that took the name of another is not an update of it', () => {
    const cache = createObjectCache<Pod>();
    const [old, object] = [pod('web', '1'), pod('web', '9', { uid: 'another' })];
    cache.set(old);
    expect(cache.set(object)).toEqual([
      { kind: 'deleted', object: old },
      { kind: 'added', object },
    ]);
    expect(cache.get({ namespace: 'apps', name: 'web' })).toBe(object);
  });

  test('a complete list is taken over as the difference to what was there', () => {
    const cache = createObjectCache<Pod>(indexes);
    const [kept, changed, gone] = [pod('kept', '1'), pod('changed', '2'), pod('gone', '3', { node: 'n1' })];
    for (const object of [kept, changed, gone]) cache.set(object);
    const [now, fresh] = [pod('changed', '4'), pod('fresh', '5')];
    expect(cache.replace([pod('kept', '1'), now, fresh])).toEqual([
      { kind: 'deleted', object: gone },
      { kind: 'updated', object: now, old: changed },
      { kind: 'added', object: fresh },
    ]);
    expect(names(cache.list()).sort()).toEqual(['changed', 'fresh', 'kept']);
    expect(cache.byIndex('node', 'n1')).toEqual([]);
  });

  test('objects of one name in two namespaces are two, as are those without one', () => {
    const cache = createObjectCache<Pod>();
    const other = { ...pod('web', '1'), metadata: { ...pod('web', '1').metadata, namespace: 'db' } };
    const { namespace: _, ...clusterWide } = pod('web', '1').metadata;
    for (const object of [pod('web', '1'), other, { ...pod('web', '1'), metadata: clusterWide }]) cache.set(object);
    expect(cache.list()).toHaveLength(3);
    expect(cache.get({ namespace: '', name: 'web' })?.metadata.namespace).toBeUndefined();
  });
});

describe('an index', () => {
  test('finds objects under every value they are filed under, once each', () => {
    const cache = createObjectCache<Pod>(indexes);
    cache.set(pod('a', '1', { tags: ['x', 'y', 'x'] }));
    cache.set(pod('b', '2', { tags: ['y'] }));
    expect(names(cache.byIndex('tag', 'x'))).toEqual(['a']);
    expect(names(cache.byIndex('tag', 'y'))).toEqual(['a', 'b']);
  });

  test('follows changes, deletions and replacement', () => {
    const cache = createObjectCache<Pod>(indexes);
    cache.set(pod('a', '1', { node: 'n1' }));
    cache.set(pod('a', '2', { node: 'n2' }));
    expect([names(cache.byIndex('node', 'n1')), names(cache.byIndex('node', 'n2'))]).toEqual([[], ['a']]);
    cache.set(pod('a', '3', { node: 'n3', uid: 'another' }));
    expect([names(cache.byIndex('node', 'n2')), names(cache.byIndex('node', 'n3'))]).toEqual([[], ['a']]);
    cache.delete(pod('a', '4'));
    expect(cache.byIndex('node', 'n3')).toEqual([]);
  });

  test.each(['tag', 'unknown', 'toString'])('that does not know a value knows nothing (%s)', (index) => {
    expect(createObjectCache<Pod>(indexes).byIndex(index, '__proto__')).toEqual([]);
  });

  test('that throws on one object files the others, and the object in every other index', () => {
    const cache = createObjectCache<Pod>({
      ...indexes,
      strict: ({ node }) => {
        if (node === undefined) throw new TypeError('spec.nodeName is undefined');
        return [node];
      },
    });
    cache.set(pod('good', '1', { node: 'n1' }));
    expect(cache.set(pod('bad', '2', { tags: ['x'] }))).toHaveLength(1);
    expect(names(cache.byIndex('strict', 'n1'))).toEqual(['good']);
    expect(names(cache.byIndex('tag', 'x'))).toEqual(['bad']);
    expect(cache.delete(pod('bad', '3'))).toHaveLength(1);
  });

  test('that answers with what is no list files the object nowhere', () => {
    const cache = createObjectCache<Pod>({ odd: ({ tags }) => tags as readonly string[], ...indexes });
    expect(cache.set(pod('a', '1', { node: 'n1' }))).toHaveLength(1);
    expect(names(cache.byIndex('node', 'n1'))).toEqual(['a']);
    expect(cache.delete(pod('a', '2'))).toHaveLength(1);
  });

  test('that comes later finds what was there before', () => {
    const cache = createObjectCache<Pod>();
    cache.set(pod('a', '1', { node: 'n1' }));
    cache.addIndexes(indexes);
    cache.addIndexes(indexes);
    cache.set(pod('b', '2', { node: 'n1' }));
    expect(names(cache.byIndex('node', 'n1'))).toEqual(['a', 'b']);
    cache.delete(pod('a', '3'));
    expect(names(cache.byIndex('node', 'n1'))).toEqual(['b']);
  });

  test('cannot take the name of another', () => {
    const cache = createObjectCache<Pod>(indexes);
    expect(() => cache.addIndexes({ node: () => [] })).toThrow("there is another index 'node' already");
  });
});
