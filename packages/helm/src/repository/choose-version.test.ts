import { describe, expect, test } from 'vitest';
import { HelmError } from '../helm-error.ts';
import type { ChartVersion } from './chart-version.ts';
import { chooseVersion } from './choose-version.ts';

const version = (text: string, created?: string): ChartVersion => ({
  name: 'a',
  version: text,
  urls: [],
  ...(created === undefined ? {} : { created }),
});
const index = (...versions: readonly ChartVersion[]) => ({ charts: new Map([['a', versions]]) });
const choose = (range: string, ...versions: readonly string[]): string =>
  chooseVersion(index(...versions.map((text) => version(text))), 'a', range).version;

const VERSIONS = ['2.0.0-rc.1', 'v1.10.0', '1.9.0', '1.2', '1.0.0', '0.1.0'];

test.each([
  ['', 'v1.10.0'],
  ['*', 'v1.10.0'],
  ['1.9.x', '1.9.0'],
  ['>=1.0.0 <1.9.0', '1.0.0'],
  ['>=1.0.0-0', '2.0.0-rc.1'],
  ['v1.10.0', 'v1.10.0'],
  ['1.10.0', 'v1.10.0'],
  ['1.2', '1.2'],
  ['~0.1', '0.1.0'],
])('%j means %s', (range, expected) => {
  expect(choose(range, ...VERSIONS)).toBe(expected);
});

test('a version of two parts is had by its name only', () => {
  expect(() => choose('1.2.x', ...VERSIONS)).toThrow("no 'a' chart with version matching '1.2.x' found");
});

describe('of versions that differ in build metadata', () => {
  const older = version('1.0.0+a', '2026-01-01T00:00:00Z');
  const newer = version('1.0.0+b', '2026-01-01T01:00:00.5+00:30');

  test('the one created last is meant, wherever it stands', () => {
    expect(chooseVersion(index(older, newer), 'a', '1.x')).toBe(newer);
    expect(chooseVersion(index(newer, older), 'a', '1.x')).toBe(newer);
    expect(chooseVersion(index(newer, version('1.0.0+c')), 'a', '1.x')).toBe(newer);
  });

  test('the one of exactly that name is, if it is asked for', () => {
    expect(chooseVersion(index(older, newer), 'a', '1.0.0+a')).toBe(older);
  });

  test('the last one in the index is, if nothing tells them apart', () => {
    expect(choose('1.x', '1.0.0+b', '1.0.0+a')).toBe('1.0.0+a');
  });
});

test.each([
  ['b', '*', 'chart-not-found', "no chart name found: the repository has no chart 'b'"],
  ['a', '9.x', 'version-not-found', "no 'a' chart with version matching '9.x' found"],
  ['a', 'not a range', 'invalid-reference', "improper constraint: 'not a range' is not a range of versions"],
] as const)('%s in %s: %s', (...[name, range, kind, message]) => {
  expect(() => chooseVersion(index(version('1.0.0')), name, range)).toThrow(new HelmError(kind, message));
  expect(() => chooseVersion(index(version('1.0.0')), name, range)).toThrow(expect.objectContaining({ kind }));
});
