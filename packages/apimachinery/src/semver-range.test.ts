import { expect, test } from 'vitest';
import { InvalidRange, latestAllowed } from './semver-range.ts';

const TAGS = ['v1.0.0', '1.1.0', 'v1.2.0-rc.1', '1.2.0', '2.0.0', '2.1.0-beta.1', 'latest', 'v3'];

test.each([
  ['1.x', '1.2.0'],
  ['>=1.0.0 <2.0.0', '1.2.0'],
  ['>=1.0.0, <1.2.0', '1.1.0'],
  ['=>1.0.0,=<1.1', '1.1.0'],
  ['~1.1', '1.1.0'],
  ['^1.0.0', '1.2.0'],
  ['*', 'v3'],
  ['>=2.0.0-0 <3', '2.1.0-beta.1'],
  ['!=v3, >=2', '2.0.0'],
  ['1.0.0 - 1.1.0', '1.1.0'],
  ['^0.1 || ^1.1', '1.2.0'],
  ['>= 1.0 < 1.1', 'v1.0.0'],
  ['9.x', undefined],
])('%s allows %s at most', (range, expected) => {
  expect(latestAllowed(range, TAGS)).toBe(expected);
});

test.each(['not a range', '>=', '1.0.0 &&'])('%j is refused', (range) => {
  expect(() => latestAllowed(range, TAGS)).toThrow(InvalidRange);
});
