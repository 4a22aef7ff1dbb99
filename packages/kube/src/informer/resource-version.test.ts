import { expect, test } from 'vitest';
import { compareVersions, isPast } from './resource-version.ts';

test('versions are compared as the integers that they are, also beyond 2^53', () => {
  expect(compareVersions('9', '10')).toBeLessThan(0);
  expect(compareVersions('9007199254740993', '9007199254740992')).toBeGreaterThan(0);
  expect(compareVersions('18446744073709551615', '18446744073709551615')).toBe(0);
  expect(compareVersions('0', '1')).toBeLessThan(0);
});

test.each(['', 'abc', '1.5', '-1', '01', ' 1', '1e3', '9'.repeat(50)])('nothing is said of %j', (odd) => {
  expect([compareVersions(odd, '1'), compareVersions('1', odd)]).toEqual([undefined, undefined]);
  expect([isPast(odd, '1'), isPast('1', odd)]).toEqual([false, false]);
});

test('what is equal is past, what is newer is not', () => {
  expect([isPast('9', '10'), isPast('10', '10'), isPast('11', '10')]).toEqual([true, true, false]);
});
