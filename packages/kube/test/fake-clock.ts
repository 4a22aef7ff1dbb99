import type { Clock } from '@gotk/apimachinery';

export interface FakeClock extends Clock {
  /** Moves time on, firing what falls due on the way in order, and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Timers that have not fired. */
  readonly pending: number;
}

interface Timer {
  readonly dueMs: number;
  readonly fire: () => void;
}

/** A clock that stands still until the test moves it. */
export function fakeClock(startMs = Date.parse('2026-01-02T03:04:05.600Z')): FakeClock {
  const timers = new Set<Timer>();
  let elapsedMs = 0;
  const after = (ms: number, fire: () => void): Disposable => {
    const timer = { dueMs: elapsedMs + Math.max(0, ms), fire };
    timers.add(timer);
    return { [Symbol.dispose]: () => timers.delete(timer) };
  };
  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    after,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const timer = after(ms, resolve);
        signal?.addEventListener('abort', () => {
          timer[Symbol.dispose]();
          resolve();
        });
      }),
    async advance(ms) {
      const untilMs = elapsedMs + ms;
      await settled();
      for (;;) {
        const next = [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
        if (next === undefined) break;
        timers.delete(next);
        elapsedMs = next.dueMs;
        next.fire();
        await settled();
      }
      elapsedMs = untilMs;
      await settled();
    },
    get pending() {
      return timers.size;
    },
  };
}

/** Resolves when promises that need no timer and no I/O have settled. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
