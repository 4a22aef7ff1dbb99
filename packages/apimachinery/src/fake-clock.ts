import type { Clock } from './clock.ts';
import { sleepBy } from './sleep.ts';

export interface FakeClock extends Clock {
  /** Moves time on by `ms`, firing in order what falls due on the way (also what that work sets in turn), and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Timers and sleeps that have neither fired nor been cancelled. */
  readonly pending: number;
}

interface Timer {
  readonly dueMs: number;
  readonly fire: () => void;
}

/** A clock that stands still until the test moves it. `monotonic` starts at 0. */
export function fakeClock(startMs = Date.parse('2026-01-02T03:04:05.600Z')): FakeClock {
  const timers = new Set<Timer>();
  let elapsedMs = 0;

  const after = (ms: number, fire: () => void): Disposable => {
    const timer = { dueMs: elapsedMs + Math.max(0, ms), fire };
    timers.add(timer);
    return { [Symbol.dispose]: () => timers.delete(timer) };
  };
  const nextDue = (untilMs: number): Timer | undefined => {
    let next: Timer | undefined;
    // Sets keep the order of insertion: of two timers due at once, the one that was set first fires first.
    for (const timer of timers) if (timer.dueMs <= untilMs && (next === undefined || timer.dueMs < next.dueMs)) next = timer;
    return next;
  };

  return {
    now: () => startMs + elapsedMs,
    monotonic: () => elapsedMs,
    after,
    sleep: sleepBy(after),
    async advance(ms) {
      const untilMs = elapsedMs + ms;
      await settled();
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer);
        elapsedMs = timer.dueMs;
        timer.fire();
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

/** Resolves when every promise that waits for neither a timer nor I/O has settled. */
export const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
