import { expect, test } from 'vitest';
import { type Holder, makeRoom, PATIENCE_MS, quantumFor } from './make-room.ts';

const quantumMs = 200;
const holder = (key: string, ranMs: number, more: Partial<Holder> = {}): Holder => ({
  key,
  ranMs,
  isRetry: false,
  isEnding: false,
  ...more,
});

test.each([
  ['the one that has run longest goes on beside', [holder('a', quantumMs), holder('b', 9_000)], 1, { kind: 'move', key: 'b' }],
  ['nobody has run for long yet', [holder('a', 10), holder('b', 150)], 1, { kind: 'rest', againMs: quantumMs - 150 }],
  ['one that tries again gives way at once', [holder('a', 150), holder('b', 0, { isRetry: true })], 1, { kind: 'move', key: 'b' }],
  [
    'there is nowhere to go to, and it is patience that is asked for',
    [holder('a', quantumMs), holder('b', 0, { isRetry: true })],
    0,
    { kind: 'rest', againMs: PATIENCE_MS - quantumMs },
  ],
  ['there is nowhere to go to for long', [holder('a', PATIENCE_MS)], 0, { kind: 'end', key: 'a' }],
  [
    'who was told to end is not told again',
    [holder('a', 9_000, { isEnding: true }), holder('b', 2_500)],
    0,
    { kind: 'rest', againMs: PATIENCE_MS - 2_500 },
  ],
  ['all were told to end', [holder('a', 9_000, { isEnding: true })], 0, { kind: 'rest', againMs: undefined }],
] as const)('%s', (...[, holders, freeSlow, move]) => {
  expect(makeRoom({ holders, freeSlow, quantumMs })).toEqual(move);
});

test('a place is kept for some times what is usual, within limits', () => {
  expect([0, 40, 10_000].map(quantumFor)).toEqual([50, 80, 250]);
});
