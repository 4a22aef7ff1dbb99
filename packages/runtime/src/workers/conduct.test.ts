import { describe, expect, test } from 'vitest';
import { afterTask, type Conduct, createRegister, isSuspect, refusedForMs, UNKNOWN, usedMs, type Verdict } from './conduct.ts';

const after = (verdicts: readonly Verdict[], { ranMs = 0, nowMs = 0 } = {}): Conduct =>
  verdicts.reduce((conduct, verdict) => afterTask(conduct, verdict, { ranMs, nowMs }), UNKNOWN);

describe('conduct', () => {
  test('is suspect after one bad end, not after an abort', () => {
    expect(isSuspect(after([]))).toBe(false);
    expect(isSuspect(after(['bad']))).toBe(true);
    expect(isSuspect(after(['neutral']))).toBe(false);
    expect(isSuspect(after(['bad', 'neutral']))).toBe(true);
  });

  test('is forgiven by one success', () => {
    const forgiven = after(['bad', 'bad', 'bad', 'good']);
    expect(isSuspect(forgiven)).toBe(false);
    expect(refusedForMs(forgiven, 0)).toBe(0);
  });

  test.each([
    [1, 0],
    [2, 0],
    [3, 10_000],
    [4, 20_000],
    [5, 40_000],
    [8, 300_000],
    [5_000, 300_000],
  ])('costs a pause after %i strikes of %i ms', (strikes, pauseMs) => {
    const conduct = after(
      Array.from({ length: strikes }, () => 'bad' as const),
      { nowMs: 7 },
    );
    expect(refusedForMs(conduct, 7)).toBe(pauseMs);
    expect(refusedForMs(conduct, 7 + pauseMs)).toBe(0);
  });

  test('adds up thread time, and forgets half of it each minute', () => {
    const conduct = after(['good', 'bad'], { ranMs: 4_000, nowMs: 1_000 });
    expect(usedMs(conduct, 1_000)).toBe(8_000);
    expect(usedMs(conduct, 61_000)).toBe(4_000);
  });
});

describe('the register', () => {
  test('knows no more owners than its capacity, and forgets the one heard of longest ago', () => {
    const register = createRegister(2);
    for (const owner of ['a/1', 'a/2', 'a/1', 'a/3']) register.record(owner, after(['bad']));
    expect(['a/1', 'a/2', 'a/3'].map((owner) => register.of(owner).strikes)).toEqual([1, 0, 1]);
  });

  test('keeps a poisoned one in mind, however many healthy ones come by', () => {
    const register = createRegister(2);
    register.record('a/poisoned', after(['bad']));
    for (let nr = 0; nr < 100; nr++) register.record(`a/${nr}`, after(['good'], { ranMs: 20 }));
    expect(register.of('a/poisoned').strikes).toBe(1);
  });
});
