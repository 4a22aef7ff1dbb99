import type { Clock } from './clock.ts';

/** `Clock.sleep` by way of `Clock.after`: the timer and the signal let go of each other, whichever comes first. */
export const sleepBy =
  (after: Clock['after']): Clock['sleep'] =>
  (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const wake = () => {
        timer[Symbol.dispose]();
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const timer = after(ms, wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
