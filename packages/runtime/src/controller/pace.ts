import type { Clock } from '@gotk/apimachinery';

/** Keeps one object from running more than once a second for long, whoever wakes it how often. */
export interface Pace {
  /** How long a run of this key has to wait (milliseconds); 0 lets it run and counts it. */
  delayMs(key: string): number;
  forget(key: string): void;
}

const BURST = 10;
const EVERY_MS = 1_000;

/** A token bucket a key: ten runs at once, then one a second. Keys that rest cost nothing. */
export function createPace({ clock }: { readonly clock: Clock }): Pace {
  // When the bucket of a key will be full again: all there is to know of it.
  const fullAt = new Map<string, number>();
  return {
    delayMs(key) {
      const now = clock.monotonic();
      const emptiedMs = Math.max(now, fullAt.get(key) ?? now) - now;
      const tooSoonMs = emptiedMs + EVERY_MS - BURST * EVERY_MS;
      if (tooSoonMs > 0) return tooSoonMs;
      fullAt.set(key, now + emptiedMs + EVERY_MS);
      if (fullAt.size > 1_000) for (const [other, at] of fullAt) if (at <= now) fullAt.delete(other);
      return 0;
    },
    forget: (key) => fullAt.delete(key),
  };
}
