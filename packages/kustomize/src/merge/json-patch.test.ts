import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
import { applyJsonPatch } from './json-patch.ts';

const target: JsonMap = { list: [1, 2, 3], map: { a: 1, b: { c: 2 } }, nothing: null, nulls: [null], 'a/b': 1, 'm~n': 2 };
const patched = (...operations: readonly unknown[]): JsonMap => applyJsonPatch(target, operations, 'patch.yaml');

describe('operations', () => {
  test.each<[string, object, JsonMap]>([
    ['add a field', { op: 'add', path: '/map/z', value: 9 }, { map: { a: 1, b: { c: 2 }, z: 9 } }],
    ['add over a field', { op: 'add', path: '/map', value: 9 }, { map: 9 }],
    ['add into a list', { op: 'add', path: '/list/1', value: 9 }, { list: [1, 9, 2, 3] }],
    ['add behind a list', { op: 'add', path: '/list/-', value: 9 }, { list: [1, 2, 3, 9] }],
    ['add behind a list by its length', { op: 'add', path: '/list/3', value: 9 }, { list: [1, 2, 3, 9] }],
    ['add behind a list, counted from its end', { op: 'add', path: '/list/-1', value: 9 }, { list: [1, 2, 3, 9] }],
    ['add without a value adds null', { op: 'add', path: '/map/z' }, { map: { a: 1, b: { c: 2 }, z: null } }],
    ['replace a field', { op: 'replace', path: '/map/a', value: 9 }, { map: { a: 9, b: { c: 2 } } }],
    ['replace a field that is not there', { op: 'replace', path: '/map/z', value: 9 }, { map: { a: 1, b: { c: 2 }, z: 9 } }],
    ['replace an item', { op: 'replace', path: '/list/0', value: 9 }, { list: [9, 2, 3] }],
    ['replace the last item', { op: 'replace', path: '/list/-1', value: 9 }, { list: [1, 2, 9] }],
    ['remove a field', { op: 'remove', path: '/map/a' }, { map: { b: { c: 2 } } }],
    ['remove an item', { op: 'remove', path: '/list/1' }, { list: [1, 3] }],
    ['move', { op: 'move', from: '/map/b', path: '/moved' }, { map: { a: 1 }, moved: { c: 2 } }],
    ['copy', { op: 'copy', from: '/map/b/c', path: '/copied' }, { copied: 2 }],
    ['copy what is not there', { op: 'copy', from: '/map/z', path: '/copied' }, { copied: null }],
    ['escaped slash', { op: 'replace', path: '/a~1b', value: 9 }, { 'a/b': 9 }],
    ['escaped tilde', { op: 'replace', path: '/m~0n', value: 9 }, { 'm~n': 9 }],
    ['test holds', { op: 'test', path: '/map/b', value: { c: 2 } }, {}],
    ['what stands before the first slash does not count', { op: 'replace', path: 'any/map/a', value: 9 }, { map: { a: 9, b: { c: 2 } } }],
    ['test for null holds for what is missing', { op: 'test', path: '/map/z', value: null }, {}],
  ])('%s', (_, operation, expected) => {
    expect(patched(operation)).toEqual({ ...target, ...expected });
  });

  test.each<[string, unknown]>([
    ['test fails', { op: 'test', path: '/map/a', value: 2 }],
    ['remove what is not there', { op: 'remove', path: '/map/z' }],
    ['move what is not there', { op: 'move', from: '/map/z', path: '/moved' }],
    ['move without from', { op: 'move', path: '/moved' }],
    ['a path through nothing', { op: 'add', path: '/map/z/y', value: 1 }],
    ['a path through a plain value', { op: 'add', path: '/map/a/b', value: 1 }],
    ['a path through null', { op: 'add', path: '/nothing/b', value: 1 }],
    ['an index beyond the list', { op: 'add', path: '/list/4', value: 1 }],
    ['an index before the list', { op: 'replace', path: '/list/-4', value: 1 }],
    ['replace behind the list', { op: 'replace', path: '/list/-', value: 1 }],
    ['an index that is no number', { op: 'add', path: '/list/1e0', value: 1 }],
    ['a path without a slash', { op: 'replace', path: 'map', value: {} }],
    ['something else in the place of the object', { op: 'replace', path: '', value: [] }],
    ['nothing in the place of the object', { op: 'replace', path: '' }],
    ['removal of the object', { op: 'remove', path: '' }],
    ['a copy of the object into itself', { op: 'copy', from: '', path: '/copied' }],
    ['a test of the object for another', { op: 'test', path: '', value: {} }],
    ['a test of a list with null in it', { op: 'test', path: '/nulls', value: [null] }],
    ['another operation', { op: 'increment', path: '/map/a' }],
    ['no path', { op: 'add', value: 1 }],
    ['no object', 'add'],
  ])('%s is an error', (_, operation) => {
    expect(() => patched(operation)).toThrow(BuildError);
  });
});

test('the message names the patch, the operation and its path', () => {
  expect(() => patched({ op: 'test', path: '/map/a', value: 1 }, { op: 'remove', path: '/map/z' })).toThrow(
    'patch.yaml: operation 2 (remove /map/z): there is nothing at this path',
  );
});

test('operations see what those before them did; the target itself is not changed', () => {
  const before = structuredClone(target);
  expect(patched({ op: 'add', path: '/map/z', value: { y: [] } }, { op: 'add', path: '/map/z/y/-', value: 1 }).map).toEqual({
    a: 1,
    b: { c: 2 },
    z: { y: [1] },
  });
  expect(target).toEqual(before);
});

test('a value used twice is not shared', () => {
  const value = { list: [] };
  const { one, two } = patched(
    { op: 'add', path: '/one', value },
    { op: 'copy', from: '/one', path: '/two' },
    { op: 'add', path: '/two/list/-', value: 1 },
  );
  expect([one, two, value]).toEqual([{ list: [] }, { list: [1] }, { list: [] }]);
});

test('the object can be replaced, and tested, as a whole', () => {
  const value = { kind: 'Other', list: [1] };
  const operations = [
    { op: 'test', path: '', value: { a: 1 } },
    { op: 'replace', path: '', value },
    { op: 'add', path: '/list/-', value: 2 },
  ];
  expect(applyJsonPatch({ a: 1 }, operations, 'patch.yaml')).toEqual({ kind: 'Other', list: [1, 2] });
  expect(value.list).toEqual([1]);
});

test('large integers, those of the object too, are rounded to what 64 bits of a float can hold', () => {
  const big = { object: 9007199254740993n, list: [12345678901234567890n], small: 1 };
  expect(applyJsonPatch(big, [{ op: 'add', path: '/patch', value: 9007199254740993n }], 'patch.yaml')).toEqual({
    object: 9007199254740992n,
    list: [12345678901234567000n],
    small: 1,
    patch: 9007199254740992n,
  });
});

test('values moved into each other without end are stopped', () => {
  const nesting = Array.from({ length: 100 }, (_, n) => ({ op: 'move', from: `/m${n}`, path: `/m${n + 1}${'/x'.repeat(99)}` }));
  const shells = Array.from({ length: 100 }, (_, n) => ({ op: 'add', path: `/m${n + 1}`, value: nested(99) }));
  expect(() => patched({ op: 'add', path: '/m0', value: {} }, ...shells, ...nesting)).toThrow(/more than 1000 values within each other$/);
});

function nested(depth: number): object {
  return depth === 0 ? {} : { x: nested(depth - 1) };
}

test('copies that double the object each time are stopped', () => {
  const doubling = Array.from({ length: 60 }, (_, n) => ({ op: 'copy', from: '/map', path: `/map/m${n}` }));
  expect(() => patched(...doubling)).toThrow(/the patch copies too much$/);
  expect(patched(...doubling.slice(0, 5)).map).toHaveProperty('m4');
});

describe('hostile pointers', () => {
  test.each(['/__proto__/polluted', '/constructor/prototype/polluted', '/map/__proto__/polluted'])('%s leads nowhere', (path) => {
    expect(() => patched({ op: 'add', path, value: true })).toThrow(BuildError);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('__proto__ as the last token is a field like any other', () => {
    const result = patched({ op: 'add', path: '/__proto__', value: { polluted: true } });
    expect(Object.hasOwn(result, '__proto__')).toBe(true);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  test('inherited fields are not there to be read', () => {
    expect(() => patched({ op: 'move', from: '/toString', path: '/stolen' })).toThrow(BuildError);
    expect(patched({ op: 'copy', from: '/toString', path: '/copied' }).copied).toBeNull();
  });
});
