import type { Clock } from '@gotk/apimachinery';

/** Lets requests pass at no more than a given rate, in the order of arrival. */
export interface RateCeiling {
  /** Resolves when the request may go; rejects with the signal's reason, and then has used nothing up. */
  pass(signal: AbortSignal): Promise<void>;
  /** Whether the server shares out its own capacity: as long as it does, it knows better than we how much it can take, and everything passes. */
  serverShares(does: boolean): void;
}

export interface TokenBucketOptions {
  readonly clock: Clock;
  readonly qps: number;
  readonly burst: number;
  /** Whatever the server does. */
  readonly firm?: boolean;
}

/** A token bucket: `burst` at once, `qps` sustained (`--kube-api-qps`, `--kube-api-burst`). */
export function tokenBucket({ clock, qps, burst, firm = false }: TokenBucketOptions): RateCeiling {
  let tokens = burst;
  let filledAt = clock.monotonic();
  let lifted = false;
  return {
    serverShares(does) {
      lifted = does && !firm;
    },
    async pass(signal) {
      if (lifted) return signal.throwIfAborted();
      const now = clock.monotonic();
      tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * qps);
      filledAt = now;
      // Going below zero is a reservation: whoever comes next waits for longer, so the order of arrival is kept.
      tokens -= 1;
      if (tokens < 0) await clock.sleep((-tokens / qps) * 1000, signal);
      if (!signal.aborted) return;
      tokens += 1;
      throw signal.reason;
    },
  };
}
