import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import type { YamlNode } from '@gotk/apimachinery/yaml';
import { describe, expect, test } from 'vitest';
import type { Json } from '../resource/resource.ts';
import { Budget } from './budget.ts';
import { splitFieldPath } from './field-path.ts';
import { lookUp } from './lookup.ts';
import { matchPath } from './match.ts';
import { jsonOf, Mismatch, nodeOf, scalar } from './node.ts';
import { rootPlace } from './place.ts';

const partsOf = (path: string) => splitFieldPath(path, 'a.yaml');

function set(value: Json, path: string, create?: YamlNode['kind']): Json {
  const root = rootPlace(nodeOf(value, undefined));
  const places = matchPath(root, partsOf(path), { create, budget: new Budget() });
  if (places.length === 0) throw new Mismatch('nothing there');
  for (const place of places) place.replace(scalar('X', undefined));
  return jsonOf(root.node);
}

describe('the path of a target', () => {
  test.each<[Json, string, Json]>([
    [{ a: { b: 1 } }, 'a.b', { a: { b: 'X' } }],
    [{ a: [1, 2] }, 'a.1', { a: [1, 'X'] }],
    [{ a: [{ b: 1 }, { b: 2 }] }, 'a.*.b', { a: [{ b: 'X' }, { b: 'X' }] }],
    [{ a: [{ n: 'x', b: 1 }, { n: 'xy', b: 2 }, 'x', null] }, 'a.[n=x].b', { a: [{ n: 'x', b: 'X' }, { n: 'xy', b: 'X' }, 'x', null] }],
    [
      {
        a: [
          { n: 'x', b: 1 },
          { n: 'xy', b: 2 },
        ],
      },
      'a.[n=^x$].b',
      {
        a: [
          { n: 'x', b: 'X' },
          { n: 'xy', b: 2 },
        ],
      },
    ],
    [{ a: ['x', 'y', 5] }, 'a.[=x|5]', { a: ['X', 'y', 'X'] }],
    [{ a: ['x'] }, 'a.[=x].ignored', { a: ['X'] }],
    [{ 'a.b': { toString: 1 } }, 'a\\.b.toString', { 'a.b': { toString: 'X' } }],
    // Within a text, but it is lost.
    [{ a: '{"b": 1}' }, 'a.b', { a: '{"b": 1}' }],
  ])('in %j, %s is found', (value, path, expected) => {
    expect(set(value, path)).toEqual(expected);
  });

  test.each<[Json, string]>([
    [{ a: 1 }, 'b'],
    [{ a: {} }, 'a.toString'],
    [{ a: 1 }, ''],
    [{ a: [] }, 'a.0'],
    [{ a: [] }, 'a.-'],
    [{ a: [] }, 'a.*'],
    [{ a: {} }, 'a.*'],
    [{ a: { 0: 1 } }, 'a.0'],
    [{ a: [{ b: 1 }] }, 'a.[b]'],
    [{ a: [{ b: 1 }] }, 'a.[b=(]'],
    [{ a: [{ b: 1 }] }, 'a.b'],
    [{ a: 'text' }, 'a.b'],
    [{ a: '' }, 'a.b'],
    [{ a: '{' }, 'a.b'],
  ])('in %j, %s is not there', (value, path) => {
    expect(() => set(value, path)).toThrow(Mismatch);
  });

  test.each<[Json, string, Json]>([
    [{}, 'a.b', { a: { b: 'X' } }],
    [{}, 'a.0.b', { a: [{ b: 'X' }] }],
    [{ a: [1] }, 'a.1', { a: [1, 'X'] }],
    [{}, 'a.[n=x].b.[=y]', { a: [{ n: 'x', b: ['X'] }] }],
    [{ a: [{ n: 'x' }, { n: 'y' }] }, 'a.[n=x].b', { a: [{ n: 'x', b: 'X' }, { n: 'y' }] }],
    [{ a: [{}, {}] }, 'a.*.b', { a: [{ b: 'X' }, { b: 'X' }] }],
    // Null takes everything, and stays null.
    [{ a: [null] }, 'a.*.b', { a: [null] }],
    [{ a: null }, 'a.b', { a: null }],
    [{}, '__proto__.a', JSON.parse('{"__proto__": {"a": "X"}}')],
  ])('in %j, %s is made', (value, path, expected) => {
    expect(set(value, path, 'scalar')).toEqual(expected);
  });

  test.each<[Json, string]>([
    [{ a: [] }, 'a.1'],
    [{ a: 'text' }, 'a.b'],
    [{ a: [] }, 'a.[n=x+y].b'],
    [{ a: [] }, 'a.[n=x].b.*'],
  ])('in %j, %s cannot be made', (value, path) => {
    expect(() => set(value, path, 'scalar')).toThrow(Mismatch);
  });

  test('a pattern made to blow up takes no time', () => {
    const spentMs = startCpuTime();
    expect(() => set({ a: [`${'a'.repeat(10_000)}!`] }, 'a.[=^(a+)+$]')).toThrow(Mismatch);
    expect(spentMs()).toBeLessThan(2_000);
  });
});

describe('the path of a source', () => {
  const found = (value: Json, path: string): Json | undefined => {
    const place = lookUp(rootPlace(nodeOf(value, undefined)), partsOf(path));
    return place && jsonOf(place.node);
  };

  test.each<[Json, string, Json | undefined]>([
    [{ a: { b: 1 } }, 'a.b', 1],
    [{ a: { b: 1 } }, ' a . b ', 1],
    [{ a: [1, 2] }, 'a.0', 1],
    [{ a: [1, 2] }, 'a.-', 2],
    [{ a: [1, 2] }, 'a.2', undefined],
    [{ a: [{ n: 'xy' }, { n: 'x', v: 1 }] }, 'a.[n=x].v', 1],
    [{ a: ['xy', 'x'] }, 'a.[=x]', 'x'],
    [{ a: null }, 'a.b', undefined],
    [{}, 'toString', undefined],
  ])('in %j, %s is %j', (value, path, expected) => {
    expect(found(value, path)).toEqual(expected);
  });

  test.each<[Json, string]>([
    [{ a: [1] }, 'a.*'],
    [{ a: [1] }, 'a.-1'],
    [{ a: [] }, 'a.-'],
    [{ a: [{}] }, 'a.[n]'],
    [{ a: 'x' }, 'a.b'],
    [{ a: {} }, 'a.0'],
  ])('in %j, %s does not fit', (value, path) => {
    expect(() => found(value, path)).toThrow(Mismatch);
  });
});
