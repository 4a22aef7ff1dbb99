import { describe, expect, test } from 'vitest';
import { compareVersions, isVersion, parseVersion, withBuildMetadata } from './semver-version.ts';

describe('a version may', () => {
  test.each([
    ['be in full', '1.2.3-rc.1+build.5', '1.2.3-rc.1'],
    ['lack parts and begin with a v', 'v1.2', '1.2.0'],
    ['be a date with zeros in front', 'v2025.02.03-rc.1', '2025.2.3-rc.1'],
    ['be all zeros', '0.00.000', '0.0.0'],
    ['have large numbers', '999999999999999.0.000000000000001', '999999999999999.0.1'],
  ])('%s', (_, text, expected) => {
    expect(parseVersion(text)?.version).toBe(expected);
    expect(isVersion(text)).toBe(true);
  });

  test.each(['', 'latest', '1.2.3.4', '1.2.3-', '1.2.3-01', '1..2', ' 1.2.3', `1.2.3-${'a'.repeat(300)}`, '9007199254740992.0.0'])(
    'not be %j',
    (text) => {
      expect(parseVersion(text)).toBeUndefined();
      expect(isVersion(text)).toBe(false);
    },
  );
});

test('versions have an order, in which build metadata does not count', () => {
  const sorted = ['1.0.0', '1.10.0-rc.1', 'v1.9', '1.10.0', '2'];
  const parsed = sorted.flatMap((text) => parseVersion(text) ?? []);
  expect(parsed.toSorted(compareVersions).map(({ raw }) => raw)).toEqual(['1.0.0', '1.9.0', '1.10.0-rc.1', '1.10.0', '2.0.0']);
  const [a, b] = [parseVersion('1.0.0+a'), parseVersion('1.0.0+b')];
  expect(a !== undefined && b !== undefined && compareVersions(a, b)).toBe(0);
});

test('metadata replaces metadata', () => {
  expect(withBuildMetadata('v1.2', 'abc.5')).toBe('1.2.0+abc.5');
  expect(withBuildMetadata('1.2.3-rc.1+old', '7')).toBe('1.2.3-rc.1+7');
  expect(withBuildMetadata('latest', '7')).toBeUndefined();
  expect(withBuildMetadata('1.2.3', 'a/b')).toBeUndefined();
});
