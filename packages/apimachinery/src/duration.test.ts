import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDuration, InvalidDuration, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  test.each([
    ['1h30m', 5_400_000],
    ['1.5s', 1_500],
    ['750ms', 750],
    ['0', 0],
    ['0s', 0],
    ['-2m', -120_000],
    ['2h45m30.5s', 9_930_500],
    ['.5m', 30_000],
  ])('reads %s as Go does', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '1', '1d', 'm', '1m30', '-', '1 m', '1e3s', '9e18'])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(InvalidDuration);
  });
});

test.each([
  [60_000, '1m0s'],
  [3_600_000, '1h0m0s'],
  [1_500, '1.5s'],
  [750, '750ms'],
  [0, '0s'],
])('%d ms is written %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('what is written is read back', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 10 ** 10 }), (ms) => Math.abs(parseDuration(formatDuration(ms)) - ms) < 0.01));
});

test('what is longer than Go can hold is the longest that it can', () => {
  const longest = parseDuration('2562047h47m16.854775807s');
  for (const text of [`${'9'.repeat(30)}h`, `${'9'.repeat(400)}h`, '99999999999h99999999999h'])
    expect(parseDuration(text)).toBeCloseTo(longest, -1);
  expect(formatDuration(parseDuration(`${'9'.repeat(400)}h`))).toMatch(/^2562047h/);
});
