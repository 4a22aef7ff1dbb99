import type { Clock } from './clock.ts';
import { sleepBy } from './sleep.ts';

/** The longest that a timer of Node can wait: anything longer would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's clock, whose timers may be of any length. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: sleepBy(after),
  after,
};

function after(ms: number, fire: () => void): Disposable {
  let timer: NodeJS.Timeout;
  const wait = (leftMs: number) => {
    timer =
      leftMs > LONGEST_TIMER_MS ? setTimeout(() => wait(leftMs - LONGEST_TIMER_MS), LONGEST_TIMER_MS) : setTimeout(() => fire(), leftMs);
  };
  // A deadline that was computed may have passed meanwhile, which Node would warn of.
  wait(Math.max(0, ms));
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
