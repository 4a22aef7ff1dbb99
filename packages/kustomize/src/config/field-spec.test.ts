import { describe, expect, test } from 'vitest';
import type { JsonMap } from '../resource/resource.ts';
import { appliesTo, type FieldSpec, fieldSpec, visitPath } from './field-spec.ts';

function visited(root: JsonMap, path: string, create = false): JsonMap {
  const copy = structuredClone(root);
  visitPath(copy, fieldSpec(path, { create }), (holder, key) => {
    holder[key] = 'X';
  });
  return copy;
}

test.each<[JsonMap, string, JsonMap]>([
  [{ a: { b: 1 } }, 'a/b', { a: { b: 'X' } }],
  [{ a: [{ b: 1 }, { c: 2 }, [{ b: 3 }]] }, 'a/b', { a: [{ b: 'X' }, { c: 2 }, [{ b: 'X' }]] }],
  [{ a: [{ b: 1 }] }, 'a[]/b', { a: [{ b: 'X' }] }],
  [{ a: { 'x/y': 1 } }, 'a/x\\/y', { a: { 'x/y': 'X' } }],
  [{ a: null }, 'a/b', { a: null }],
  [{ a: 'text' }, 'a/b', { a: 'text' }],
  [{}, 'a/b', {}],
  [{ a: {} }, 'toString', { a: {} }],
])('in %j, %s is found where it is', (root, path, expected) => {
  expect(visited(root, path)).toEqual(expected);
});

test.each<[JsonMap, string, JsonMap]>([
  [{}, 'a/b', { a: { b: 'X' } }],
  [{ a: null }, 'a/b', { a: { b: 'X' } }],
  [{ a: 'text' }, 'a/b', { a: 'text' }],
  [{}, 'a[]/b/c', {}],
  [{ a: [{}] }, 'a[]/b/c', { a: [{ b: { c: 'X' } }] }],
])('in %j, %s is made, but no list', (root, path, expected) => {
  expect(visited(root, path, true)).toEqual(expected);
});

describe('a spec applies', () => {
  const gvk = { group: 'apps', version: 'v1', kind: 'Deployment' };

  test.each<[Omit<FieldSpec, 'path'>, boolean]>([
    [{}, true],
    [{ kind: 'Deployment' }, true],
    [{ kind: 'Deployment', group: 'apps', version: 'v1' }, true],
    [{ group: '' }, false],
    [{ version: 'v2' }, false],
    [{ kind: 'Pod' }, false],
  ])('%j: %j', (spec, expected) => {
    expect(appliesTo(spec, gvk)).toBe(expected);
  });
});
