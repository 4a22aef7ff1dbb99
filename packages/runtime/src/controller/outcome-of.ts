import { Reason } from '@gotk/api';
import { presentable } from '../log/presentable.ts';
import { Failed, type Outcome, type Ready, Stalled, Superseded, Waiting } from './outcome.ts';

export const readyOutcome = (ready: Ready): Outcome => ({ kind: 'ready', ready });

/**
 * Turns whatever a run threw into an outcome. Never throws. Unclassified errors are failures, so that a bug of ours recovers by itself instead of
 * stalling an object.
 */
export function outcomeOf(thrown: unknown, signal: AbortSignal): Exclude<Outcome, { kind: 'ready' }> {
  if (thrown instanceof Superseded || (signal.aborted && signal.reason instanceof Superseded)) return { kind: 'superseded' };
  if (thrown instanceof Stalled) return { kind: 'stalled', by: thrown };
  if (thrown instanceof Waiting) return { kind: 'waiting', on: thrown };
  if (thrown instanceof Failed) return { kind: 'failed', by: thrown };
  const by = new Failed({ reason: Reason.ReconciliationFailed, message: presentable(textOf(thrown)), cause: thrown });
  return { kind: 'failed', by, unforeseen: true };
}

function textOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? thrown.message || thrown.name : String(thrown);
  } catch {
    return 'something that cannot be shown was thrown';
  }
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
      return after(outcome.ready.againMs, { jitter: true }) ?? { kind: 'on-change' };
    case 'waiting':
      return after(outcome.on.againMs, { jitter: true }) ?? { kind: 'on-change' }; // a watch wakes it; the interval is the net below
    case 'stalled':
      return { kind: 'on-change' }; // only a new spec can help
    case 'failed':
      return after(outcome.by.retryMs, { jitter: false }) ?? { kind: 'back-off' };
    case 'superseded':
      return { kind: 'now' }; // its status is not written: the next run's is
  }
}

/** A spec that was stored past its schema may ask for any interval: one that is not a time is none. */
function after(ms: number | undefined, { jitter }: { readonly jitter: boolean }): Requeue | undefined {
  return ms !== undefined && Number.isFinite(ms) && ms > 0 ? { kind: 'after', ms, jitter } : undefined;
}
