import { expect, test } from 'vitest';
import { latest } from './latest.ts';

test('the entries that were set last are held, and no more', () => {
  const map = latest<string, number>(2);
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ] as const)
    map.set(key, value);
  expect(['a', 'b', 'c'].map(map.get)).toEqual([undefined, 2, 3]);
});

test('an entry that is set again is the last one, with its new value', () => {
  const map = latest<string, number>(2);
  for (const [key, value] of [
    ['a', 1],
    ['b', 2],
    ['a', 3],
    ['c', 4],
  ] as const)
    map.set(key, value);
  expect(['a', 'b', 'c'].map(map.get)).toEqual([3, undefined, 4]);
});

test('an entry that is deleted makes room', () => {
  const map = latest<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.delete('b');
  map.set('c', 3);
  expect(['a', 'b', 'c'].map(map.get)).toEqual([1, undefined, 3]);
});
