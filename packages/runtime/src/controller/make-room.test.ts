import { expect, test } from 'vitest';
import { type Holder, makeRoom, PATIENCE_MS, QUANTUM_MS } from './make-room.ts';

const holder = (key: string, ranMs: number, isEnding = false): Holder => ({ key, ranMs, isEnding });

test.each([
  ['the one that has run longest goes on beside', [holder('a', QUANTUM_MS), holder('b', 9_000)], 1, { kind: 'move', key: 'b' }],
  ['nobody has run for long yet', [holder('a', 10), holder('b', 300)], 1, { kind: 'rest', againMs: QUANTUM_MS - 300 }],
  [
    'there is nowhere to go to, and it is patience that is asked for',
    [holder('a', QUANTUM_MS)],
    0,
    { kind: 'rest', againMs: PATIENCE_MS - QUANTUM_MS },
  ],
  ['there is nowhere to go to for long', [holder('a', PATIENCE_MS)], 0, { kind: 'end', key: 'a' }],
  [
    'who was told to end is not told again',
    [holder('a', 9_000, true), holder('b', 2_500)],
    0,
    { kind: 'rest', againMs: PATIENCE_MS - 2_500 },
  ],
  ['all were told to end', [holder('a', 9_000, true)], 0, { kind: 'rest', againMs: undefined }],
] as const)('%s', (...[, holders, freeSlow, move]) => {
  expect(makeRoom({ holders, freeSlow })).toEqual(move);
});
