import { type Failed, Failed as FailedError, type Outcome, type Ready, Stalled, Superseded, Waiting } from './outcome.ts';

/**
 * Turns whatever a run threw into an outcome. Never throws. Unclassified errors are failures, so that a bug of ours recovers by itself instead of
 * stalling an object.
 */
export function outcomeOf(thrown: unknown, signal: AbortSignal): Exclude<Outcome, { kind: 'ready' }> {
  if (signal.aborted && signal.reason instanceof Superseded) return { kind: 'superseded' };
  if (thrown instanceof Stalled) return { kind: 'stalled', by: thrown };
  if (thrown instanceof Waiting) return { kind: 'waiting', on: thrown };
  return { kind: 'failed', by: thrown instanceof FailedError ? thrown : unclassified(thrown) };
}

export const readyOutcome = (ready: Ready): Outcome => ({ kind: 'ready', ready });

function unclassified(thrown: unknown): Failed {
  return new FailedError({
    reason: 'ReconciliationFailed',
    message: thrown instanceof Error ? thrown.message : String(thrown),
    cause: thrown,
  });
}

/** What the queue does after a run. */
export type Requeue =
  | { readonly kind: 'after'; readonly ms: number; readonly jitter: boolean }
  | { readonly kind: 'on-change' }
  | { readonly kind: 'back-off' }
  | { readonly kind: 'now' };

/** The whole retry policy. */
export function requeueFor(outcome: Outcome): Requeue {
  switch (outcome.kind) {
    case 'ready':
      return outcome.ready.againMs === undefined ? { kind: 'on-change' } : { kind: 'after', ms: outcome.ready.againMs, jitter: true };
    case 'waiting':
      return outcome.on.againMs === undefined ? { kind: 'on-change' } : { kind: 'after', ms: outcome.on.againMs, jitter: true };
    case 'stalled':
      return { kind: 'on-change' };
    case 'failed':
      return outcome.by.retryMs === undefined ? { kind: 'back-off' } : { kind: 'after', ms: outcome.by.retryMs, jitter: false };
    case 'superseded':
      return { kind: 'now' };
  }
}
