import { describe, expect, test } from 'vitest';
import { startCpuTime } from './cpu-time.ts';
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

test('versions with zeros in front, as dates have them, are versions', () => {
  expect(latestAllowed('>=2025.1', ['2025.01.02', 'v2025.02.03', '2024.12.31'])).toBe('v2025.02.03');
});

test.each(['not a range', '>=', '1.0.0 &&'])('%j is refused', (range) => {
  expect(() => latestAllowed(range, TAGS)).toThrow(InvalidRange);
});

describe('a range that nobody would write', () => {
  test.each([
    ['spaces', `1${' '.repeat(100_000)}1`],
    ['operators', '<'.repeat(100_000)],
    ['commas', ','.repeat(100_000)],
    ['alternatives', `${'2||'.repeat(33_000)}3`],
  ])('of %s is refused at once', (_, range) => {
    const spentMs = startCpuTime();
    expect(() => latestAllowed(range, TAGS)).toThrow(new InvalidRange('the version range is longer than 512 characters'));
    expect(spentMs()).toBeLessThan(50);
  });

  test('has an end to its cost: its parts times the versions', () => {
    const versions = Array.from({ length: 10_000 }, (_, patch) => `1.0.${patch}`);
    expect(() => latestAllowed('>0 '.repeat(150), versions)).toThrow(
      new InvalidRange('the version range has 150 parts, too many for 10000 versions'),
    );
    expect(() => latestAllowed(`${'2||'.repeat(32)}3`, versions)).toThrow(
      new InvalidRange('the version range has more than 32 alternatives'),
    );
    expect(latestAllowed('^1 || ^2 || ^3, !=1.0.9999', versions)).toBe('1.0.9999');
  });
});
