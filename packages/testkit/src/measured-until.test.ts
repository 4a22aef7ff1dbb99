import { expect, test } from 'vitest';
import { measuredUntil } from './measured-until.ts';

/** So many milliseconds in each attempt. */
const measuring = (...ms: readonly number[]) => ({ attempts: ms.length, measure: async (attempt: number) => ms[attempt] ?? Number.NaN });
const isQuick = (ms: number) => expect(ms).toBeLessThan(100);

test('the first measurement that is good is what counts, and the last one', async () => {
  expect(await measuredUntil(isQuick, measuring(300, 50, 20))).toBe(50);
  expect(await measuredUntil(isQuick, measuring(50))).toBe(50);
});

test('whoever is slow each time is slow', async () => {
  await expect(measuredUntil(isQuick, measuring(300, 200, 150))).rejects.toThrow('expected 150 to be less than 100');
});

test('what goes wrong while it is measured is no measurement', async () => {
  const measure = () => Promise.reject(new Error('the cluster is gone'));
  await expect(measuredUntil(isQuick, { attempts: 3, measure })).rejects.toThrow('the cluster is gone');
});
