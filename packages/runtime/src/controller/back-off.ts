/** Delays that double with every failure in a row of one key. */
export interface BackOff {
  /** Counts a failure; the delay before the next try, in milliseconds. */
  next(key: string): number;
  reset(key: string): void;
}

export interface BackOffOptions {
  readonly minMs: number;
  readonly maxMs: number;
  readonly random: () => number;
}

/** Exponential between the bounds (`--min-retry-delay`, `--max-retry-delay`), shortened by up to a fifth so that neighbours drift apart. */
export function createBackOff({ minMs, maxMs, random }: BackOffOptions): BackOff {
  const failures = new Map<string, number>();
  return {
    next(key) {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      return Math.min(maxMs, minMs * 2 ** Math.min(count, 30)) * (1 - random() / 5);
    },
    reset: (key) => failures.delete(key),
  };
}
