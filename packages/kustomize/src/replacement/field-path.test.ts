import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { indexIn, isItemSelector, splitFieldPath, splitItemSelector } from './field-path.ts';

test.each<[string, readonly string[]]>([
  ['a', ['a']],
  ['a.b.0', ['a', 'b', '0']],
  ['.a.b', ['a', 'b']],
  ['a.b.', ['a', 'b', '']],
  ['', ['']],
  ['a\\.b.c', ['a.b', 'c']],
  ['a\\.b\\.c', ['a.b.c']],
  ['a.[b.c/d].e', ['a', 'b.c/d', 'e']],
  ['a.[b].c', ['a', '[b]', 'c']],
  ['a.[name=b.c.d].e', ['a', '[name=b.c.d]', 'e']],
  ['a.[=x].b', ['a', '[=x]', 'b']],
  ['a.[b.c', ['a', 'b.c']],
  ['a.*.-', ['a', '*', '-']],
])('%j is %j', (path, parts) => {
  expect(splitFieldPath(path, 'a.yaml')).toEqual(parts);
});

test('a path has an end', () => {
  expect(splitFieldPath('a.'.repeat(999), 'a.yaml')).toHaveLength(1_000);
  expect(() => splitFieldPath('a.'.repeat(1_000), 'a.yaml: x')).toThrow(BuildError);
});

describe('a part', () => {
  test('may be for items of a list', () => {
    expect(['[a=b]', '[]', 'a=b', '[a'].map(isItemSelector)).toEqual([true, true, false, false]);
    expect(splitItemSelector('[a=b=c]')).toEqual({ field: 'a', value: 'b=c' });
    expect(splitItemSelector('[=[x]]')).toEqual({ field: '', value: '[x]' });
    expect(splitItemSelector('[a]')).toBeUndefined();
  });

  test('may be an index', () => {
    expect(['0', '12', '+1', '-1', '-', 'a', '1a', ''].map(indexIn)).toEqual([0, 12, 1, -1, ...new Array(4).fill(undefined)]);
  });
});
