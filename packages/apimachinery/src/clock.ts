/**
 * Time, injected: the only way that code of ours learns the hour or waits.
 * `now` is wall-clock milliseconds since the epoch; `monotonic` never goes backwards and is for measuring spans.
 */
export interface Clock {
  now(): number;
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts (it never rejects). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls `fire` once after `ms`; the returned disposable cancels it. */
  after(ms: number, fire: () => void): Disposable;
}
