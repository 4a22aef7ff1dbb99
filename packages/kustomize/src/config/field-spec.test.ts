import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
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
  [{}, 'a/b', {}],
  [{ a: {} }, 'toString', { a: {} }],
])('in %j, %s is found where it is', (root, path, expected) => {
  expect(visited(root, path)).toEqual(expected);
});

test.each<[JsonMap, string, JsonMap]>([
  [{}, 'a/b', { a: { b: 'X' } }],
  [{ a: null }, 'a/b', { a: { b: 'X' } }],
  [{}, 'a[]/b/c', {}],
  [{ a: null }, 'a[]/b/c', { a: [] }],
  [{ a: [{}] }, 'a[]/b/c', { a: [{ b: { c: 'X' } }] }],
])('in %j, %s is made, but no list', (root, path, expected) => {
  expect(visited(root, path, true)).toEqual(expected);
});

test.each([
  ['a/b', { a: 'text' }, "the path 'a/b' is neither a list nor a map at 'a', in Pod/x"],
  ['a//b', { a: {} }, "the path 'a//b' has an empty part, in Pod/x"],
  ['a/__proto__/b', { a: {} }, "the path 'a/__proto__/b' is not that of a field, in Pod/x"],
])('%s is no path in %j', (path, fields, message) => {
  expect(() => visited({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, ...fields }, path)).toThrow(new BuildError(message));
});

describe('a spec applies', () => {
  const gvk = { group: 'apps', version: 'v1', kind: 'Deployment' };

  test.each<[Omit<FieldSpec, 'path'>, boolean]>([
    [{}, true],
    [{ kind: 'Deployment' }, true],
    [{ kind: 'Deployment', group: 'apps', version: 'v1' }, true],
    [{ group: '' }, true],
    [{ version: 'v2' }, false],
    [{ kind: 'Pod' }, false],
  ])('%j: %j', (spec, expected) => {
    expect(appliesTo(spec, gvk)).toBe(expected);
  });
});
