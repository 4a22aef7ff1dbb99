import { expect, test } from 'vitest';
import { createBackOff } from './back-off.ts';

const bounds = { minMs: 750, maxMs: 900_000 };

test('doubles from the first delay up to the longest', () => {
  const backOff = createBackOff({ ...bounds, random: () => 0 });
  const delays = Array.from({ length: 13 }, () => backOff.next('apps/web'));
  expect(delays.slice(0, 4)).toEqual([750, 1_500, 3_000, 6_000]);
  expect(delays.slice(-2)).toEqual([900_000, 900_000]);
});

test('stays at the longest delay after a thousand failures', () => {
  const backOff = createBackOff({ ...bounds, random: () => 0 });
  const delays = Array.from({ length: 1_000 }, () => backOff.next('apps/web'));
  expect(delays.at(-1)).toBe(900_000);
});

test('starts over after a success, and counts each key by itself', () => {
  const backOff = createBackOff({ ...bounds, random: () => 0 });
  backOff.next('a');
  backOff.next('a');
  backOff.next('b');
  backOff.reset('a');
  expect(backOff.next('a')).toBe(750);
  expect(backOff.next('b')).toBe(1_500);
});

test('is spread over a fifth, never beyond the longest delay', () => {
  expect(createBackOff({ ...bounds, random: () => 0.999 }).next('a')).toBeCloseTo(600, -1);
  expect(createBackOff({ minMs: 900_000, maxMs: 900_000, random: () => 0 }).next('a')).toBe(900_000);
});
