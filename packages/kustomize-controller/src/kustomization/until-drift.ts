import { Superseded } from '@gotk/runtime';
import { type ApplyReport, type DriftWatch, idOf, isOnRecord, type Ledger, type ObjectReference } from '@gotk/ssa';
import type { Contests } from './contests.ts';

export interface UntilDrift extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts with `Superseded` when one of an owner's objects moves: to wait for the health of what somebody has just deleted or changed would be to
 * wait for nothing. One that somebody changes each time is no reason: it would never come to an end.
 */
export function untilDrift(
  owner: string,
  objects: ApplyReport['objects'],
  {
    driftWatch,
    ledger,
    contests,
    signal,
  }: { readonly driftWatch: DriftWatch; readonly ledger: Ledger; readonly contests: Contests; readonly signal: AbortSignal },
): UntilDrift {
  const moved = new AbortController();
  const abort = () => moved.abort(new Superseded('an applied object was changed'));
  const subscription = driftWatch.subscribe((notice) => {
    if (notice.owner === owner && notice.canWait !== true && !(notice.object !== undefined && contests.isContested(owner, notice.object)))
      abort();
  });
  const hasMoved = (reference: ObjectReference) => !isOnRecord(ledger, idOf(reference)) && !contests.isContested(owner, reference);
  if (objects.some(({ reference, applied }) => applied && hasMoved(reference))) abort();
  return { signal: AbortSignal.any([signal, moved.signal]), [Symbol.dispose]: () => subscription[Symbol.dispose]() };
}
