import { aborted, type Clock } from '@gotk/apimachinery';
import type { Runner } from '../controller/runner.ts';
import { LeaseLost } from '../election/leader-election.ts';
import type { Logger } from '../log/log.ts';

export interface DrainOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** How long runs in progress may go on before they are aborted (milliseconds). */
  readonly graceMs: number;
}

/** A run that has been aborted and still goes on ignores its signal: it must not keep the process from ending. */
const ABANDON_MS = 5_000;

/** Lets runners work until the signal aborts; then takes no more work, gives what runs its grace, and aborts the rest. */
export async function workUntil(signal: AbortSignal, runners: readonly Runner[], { clock, log, graceMs }: DrainOptions): Promise<void> {
  await aborted(signal);
  for (const runner of runners) runner.stop();
  const idle = Promise.all(runners.map((runner) => runner.idle())).then(() => 'idle' as const);
  // Whoever holds the lease now may already be writing: there is no time to finish anything.
  const lost = signal.reason instanceof LeaseLost;
  if (!lost && (await firstOf(idle, { clock, ms: graceMs })) === 'idle') return;
  for (const runner of runners) runner.abort(lost ? 'leadership was lost' : 'the process is shutting down');
  if ((await firstOf(idle, { clock, ms: ABANDON_MS })) === 'late') log.error('gave up on runs that ignore their signal', undefined);
}

/** What `done` resolves with, or `late` when it takes longer than `ms`. */
export async function firstOf<T>(done: Promise<T>, { clock, ms }: { readonly clock: Clock; readonly ms: number }): Promise<T | 'late'> {
  const waiting = new AbortController();
  try {
    return await Promise.race([done, clock.sleep(ms, waiting.signal).then(() => 'late' as const)]);
  } finally {
    waiting.abort();
  }
}
