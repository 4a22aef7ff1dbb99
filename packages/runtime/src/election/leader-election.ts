import { createLeaseCandidate, type LeaseOptions } from './lease-candidate.ts';

export interface ElectionOptions extends LeaseOptions {
  /** How long the leader goes on without a renewal; shorter than `leaseDurationMs`, so that it ends before another can begin. */
  readonly renewDeadlineMs: number;
  /** Hand the lease back at the end, so that the next leader need not wait for it to expire. Default true. */
  readonly releaseOnCancel?: boolean;
}

/** Why leadership ended when nobody asked for it: whoever holds the lease now may already be writing. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';
}

export interface Election {
  /**
   * Waits until this process holds the Lease, then runs `lead` with a signal that aborts the moment that is no longer certain.
   * Throws `LeaseLost` when leadership ended for any other reason than the outer signal, and what `lead` throws.
   */
  whileLeading(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
  /** Certain, by the monotonic clock alone: a process that was frozen knows at once that its time is over, before any timer does. */
  holds(): boolean;
}

/** Compatible with client-go's election: same object, same fields, the other's expiry observed by our own monotonic clock. */
export function createElection(options: ElectionOptions): Election {
  const { clock, log, retryPeriodMs, renewDeadlineMs } = options;
  const candidate = createLeaseCandidate(options);
  let heldUntilMs = Number.NEGATIVE_INFINITY;

  /** One attempt; how long it took counts against the time that it won. */
  const tryHold = async (signal: AbortSignal): Promise<boolean> => {
    const askedAtMs = clock.monotonic();
    if (!(await candidate.tryHold(signal))) return false;
    heldUntilMs = askedAtMs + renewDeadlineMs;
    return true;
  };

  const renewUntilLost = async (leading: AbortSignal, lose: (why: string) => void): Promise<void> => {
    const expire = () => lose('the lease was not renewed in time');
    let expiry = clock.after(heldUntilMs - clock.monotonic(), expire);
    for (;;) {
      await clock.sleep(retryPeriodMs, leading);
      if (!leading.aborted && (await tryHold(leading))) {
        expiry[Symbol.dispose]();
        expiry = clock.after(heldUntilMs - clock.monotonic(), expire);
      } else if (candidate.overtaken) {
        lose('another process has taken the lease');
      }
      if (leading.aborted) return expiry[Symbol.dispose]();
    }
  };

  return {
    holds: () => clock.monotonic() < heldUntilMs,
    async whileLeading(lead, signal) {
      while (!(await tryHold(signal))) {
        await clock.sleep(retryPeriodMs, signal);
        if (signal.aborted) return;
      }
      log.info('elected leader', { lease: `${options.namespace}/${options.name}`, identity: options.identity });
      const lost = new AbortController();
      const leading = AbortSignal.any([signal, lost.signal]);
      const renewing = renewUntilLost(leading, (why) => lost.abort(new LeaseLost(why)));
      try {
        await lead(leading);
        if (!signal.aborted) leading.throwIfAborted();
      } finally {
        lost.abort(new LeaseLost('leadership was given up'));
        await renewing;
        if (options.releaseOnCancel !== false && clock.monotonic() < heldUntilMs) await candidate.release();
        heldUntilMs = Number.NEGATIVE_INFINITY;
      }
    },
  };
}
