import { describe, expect, test } from 'vitest';
import { decide, type Policy, quantumFor, type Running, type View } from './decide.ts';

const policy: Policy = { size: 1, slowSize: 2, patienceMs: 100, quantumMs: 500, fairShareMs: 5_000 };
let nr = 0;
const fast = (ranMs: number, usedMs = ranMs): Running => ({ thread: nr++, lane: 'fast', ranMs, usedMs, repeatable: false });
const slow = (ranMs: number, usedMs = ranMs): Running => ({ thread: nr++, lane: 'slow', ranMs, usedMs, repeatable: false });

interface Scene {
  readonly waiting?: number;
  readonly longestMs?: number;
  readonly idle?: number;
  readonly starting?: number;
  readonly suspects?: number;
  readonly running?: readonly Running[];
}

const view = ({ waiting = 1, longestMs = 100, idle = 0, starting = 0, suspects = 0, running = [] }: Scene): View => ({
  fast: { waiting, longestMs },
  slow: { waiting: suspects },
  running,
  idle,
  starting,
});

describe('a task that waits', () => {
  test('takes a thread that rests', () => {
    expect(decide(view({ idle: 1, longestMs: 0 }), policy)).toEqual({ kind: 'use', lane: 'fast' });
  });

  test('has the first thread opened at once, a further one when it has waited', () => {
    expect(decide(view({ longestMs: 0 }), policy)).toEqual({ kind: 'open' });
    const two = { ...policy, size: 2 };
    expect(decide(view({ longestMs: 60, running: [fast(60)] }), two)).toEqual({ kind: 'rest', againMs: 40 });
    expect(decide(view({ longestMs: 60, starting: 1 }), two)).toMatchObject({ kind: 'rest' });
    expect(decide(view({ longestMs: 100, running: [fast(100)] }), two)).toEqual({ kind: 'open' });
  });

  test('does not take the spare thread while the lane is full', () => {
    expect(decide(view({ idle: 1, running: [fast(300)] }), policy)).toEqual({ kind: 'rest', againMs: 200 });
  });

  test('moves one that has had its quantum to the slow lane, the longest first', () => {
    const [first, second] = [fast(600), fast(900)];
    expect(decide(view({ idle: 1, running: [first, second] }), { ...policy, size: 2 })).toEqual({
      kind: 'slow-down',
      thread: second.thread,
    });
  });

  test('has a spare thread warmed before one has had its quantum', () => {
    expect(decide(view({ running: [fast(249)] }), policy)).toEqual({ kind: 'rest', againMs: 1 });
    expect(decide(view({ running: [fast(250)] }), policy)).toEqual({ kind: 'open' });
  });
});

describe('a task that takes long', () => {
  test('goes on in peace when nobody waits', () => {
    expect(decide(view({ waiting: 0, longestMs: 0, running: [fast(90_000)] }), policy)).toEqual({ kind: 'rest', againMs: undefined });
  });

  test('is not ended while its owner has had no more than a fair share', () => {
    const running = [fast(4_000), slow(3_000), slow(4_500)];
    expect(decide(view({ idle: 1, running }), policy)).toEqual({ kind: 'rest', againMs: 500 });
  });

  test('is started again elsewhere when the slow lane is full, if it can be', () => {
    const late: Running = { ...fast(999), repeatable: true };
    expect(decide(view({ idle: 1, running: [late, slow(600), slow(600)] }), policy)).toEqual({ kind: 'rest', againMs: 1 });
    const later: Running = { ...late, ranMs: 1_000 };
    expect(decide(view({ idle: 1, running: [later, slow(600), slow(90_000)] }), policy)).toEqual({
      kind: 'evict',
      thread: later.thread,
    });
  });

  test('is long by what is usual', () => {
    expect([0, 5, 25, 300, 60_000].map(quantumFor)).toEqual([100, 100, 100, 1_200, 2_000]);
  });

  test('is ended when the slow lane is full and its owner has used most, in either lane', () => {
    const greedy = slow(2_000, 60_000);
    expect(decide(view({ idle: 1, running: [fast(6_000), slow(9_000), greedy] }), policy)).toEqual({
      kind: 'evict',
      thread: greedy.thread,
    });
    const late = fast(6_000);
    expect(decide(view({ idle: 1, running: [late, slow(5_000), slow(5_000)] }), policy)).toEqual({
      kind: 'evict',
      thread: late.thread,
    });
  });
});

describe('suspects', () => {
  test('have the slow lane only, as long as there is room', () => {
    expect(decide(view({ waiting: 0, suspects: 3, running: [slow(10)] }), policy)).toEqual({ kind: 'open' });
    expect(decide(view({ waiting: 0, suspects: 3, starting: 1, running: [slow(10)] }), policy)).toMatchObject({ kind: 'rest' });
    expect(decide(view({ waiting: 0, suspects: 3, idle: 1, running: [slow(10)] }), policy)).toEqual({ kind: 'use', lane: 'slow' });
    expect(decide(view({ waiting: 0, suspects: 3, idle: 1, running: [slow(9), slow(9)] }), policy)).toMatchObject({ kind: 'rest' });
  });

  test('come after a task that has to leave the fast lane', () => {
    const late = fast(600);
    expect(decide(view({ suspects: 1, idle: 1, running: [late, slow(9)] }), policy)).toEqual({
      kind: 'slow-down',
      thread: late.thread,
    });
  });
});
