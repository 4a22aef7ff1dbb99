import { expect, test } from 'vitest';
import { type Holder, makeRoom, PATIENCE_MS, quantumFor, WORK_MS } from './make-room.ts';

const quantumMs = 200;
const waiting = (key: string, waitedMs: number, more: Partial<Holder> = {}): Holder => ({
  key,
  waitedMs,
  workedMs: 0,
  isRetry: false,
  isEnding: false,
  ...more,
});
const working = (key: string, workedMs: number, more: Partial<Holder> = {}): Holder => ({
  ...waiting(key, 0, more),
  waitedMs: undefined,
  workedMs,
});

test.each([
  ['the one that has waited longest goes on beside', [waiting('a', quantumMs), waiting('b', 9_000)], 1, { kind: 'move', key: 'b' }],
  ['nobody has waited for long yet', [waiting('a', 10), waiting('b', 150)], 1, { kind: 'rest', againMs: quantumMs - 150 }],
  ['one that tries again gives way at once', [waiting('a', 150), waiting('b', 0, { isRetry: true })], 1, { kind: 'move', key: 'b' }],
  [
    'those that work keep their places',
    [working('a', 3_000), working('b', 0, { isRetry: true })],
    1,
    { kind: 'rest', againMs: WORK_MS - 3_000 },
  ],
  ['not as long as they like', [working('a', WORK_MS), waiting('b', 0)], 1, { kind: 'move', key: 'a' }],
  [
    'there is nowhere to go to, and it is patience that is asked for',
    [waiting('a', quantumMs), waiting('b', 0, { isRetry: true })],
    0,
    { kind: 'rest', againMs: PATIENCE_MS - quantumMs },
  ],
  ['there is nowhere to go to for long', [waiting('a', PATIENCE_MS)], 0, { kind: 'end', key: 'a' }],
  [
    'who was told to end is not told again',
    [waiting('a', 9_000, { isEnding: true }), waiting('b', 2_500)],
    0,
    { kind: 'rest', againMs: PATIENCE_MS - 2_500 },
  ],
  ['all were told to end', [waiting('a', 9_000, { isEnding: true })], 0, { kind: 'rest', againMs: undefined }],
] as const)('%s', (...[, holders, freeSlow, move]) => {
  expect(makeRoom({ holders, freeSlow, quantumMs })).toEqual(move);
});

test('a place is kept for some times what is usual, within limits', () => {
  expect([0, 40, 10_000].map(quantumFor)).toEqual([50, 80, 250]);
});
