import { describe, expect, test } from 'vitest';
import { type FieldPath, has, union, without } from './field-set.ts';

const path = (...names: readonly string[]): FieldPath => names.map((field) => ({ field }));

describe('union', () => {
  test.each([
    [{}, {}, {}],
    [{ 'f:a': {} }, { 'f:b': {} }, { 'f:a': {}, 'f:b': {} }],
    [{ 'f:a': { 'f:b': {} } }, { 'f:a': { 'f:c': {} } }, { 'f:a': { 'f:b': {}, 'f:c': {} } }],
    [{ 'f:a': {} }, { 'f:a': { 'f:b': {} } }, { 'f:a': { '.': {}, 'f:b': {} } }],
    [{ 'f:a': { '.': {}, 'f:b': {} } }, { 'f:a': {} }, { 'f:a': { '.': {}, 'f:b': {} } }],
    [{ 'f:a': {} }, {}, { 'f:a': {} }],
    [JSON.parse('{"f:__proto__":{"f:x":{}}}'), { 'f:a': {} }, JSON.parse('{"f:__proto__":{"f:x":{}},"f:a":{}}')],
  ])('%j and %j are %j', (a, b, expected) => {
    expect(union(a, b)).toEqual(expected);
    expect(union(b, a)).toEqual(expected);
  });
});

describe('without', () => {
  test.each([
    [{ 'f:spec': { 'f:replicas': {}, 'f:a': {} } }, path('spec', 'replicas'), { 'f:spec': { 'f:a': {} } }],
    [{ 'f:spec': { 'f:replicas': {} } }, path('spec', 'replicas'), {}],
    [{ 'f:spec': { '.': {}, 'f:replicas': {} } }, path('spec', 'replicas'), {}],
    [{ 'f:spec': { 'f:a': { 'f:b': {}, 'f:c': {} } } }, path('spec', 'a'), {}],
    [{ 'f:spec': { 'f:list': {} } }, [{ field: 'spec' }, { field: 'list' }, { element: 'x' }], { 'f:spec': { 'f:list': {} } }],
    [{ 'f:spec': { '.': {} } }, path('spec', 'replicas'), { 'f:spec': { '.': {} } }],
    [
      { 'f:l': { 'k:{"name":"a"}': { 'f:x': {} }, 'k:{"name":"b"}': {} } },
      [{ field: 'l' }, { element: { name: 'a', x: 1 } }],
      { 'f:l': { 'k:{"name":"b"}': {} } },
    ],
    [{ 'f:l': { 'v:"a"': {}, 'v:"b"': {} } }, [{ field: 'l' }, { element: 'a' }], { 'f:l': { 'v:"b"': {} } }],
    [{ 'f:l': { 'k:nonsense': {} } }, [{ field: 'l' }, { element: { name: 'a' } }], { 'f:l': { 'k:nonsense': {} } }],
  ] as const)('of %j, %j is taken: %j', (set, taken, expected) => {
    expect(without(set, [taken])).toEqual(expected);
  });
});

test('a set has what is in it, and what something of it is in', () => {
  const set = { 'f:spec': { 'f:list': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} } } } };
  const element = { element: { port: 80, protocol: 'TCP', name: 'x' } };
  expect(has(set, path('spec'))).toBe(true);
  expect(has(set, [...path('spec', 'list'), element, { field: 'name' }])).toBe(true);
  expect(has(set, [...path('spec', 'list'), { element: { port: 81, protocol: 'TCP' } }])).toBe(false);
  expect(has(set, path('spec', 'replicas'))).toBe(false);
});
