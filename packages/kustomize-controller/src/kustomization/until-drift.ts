import { Superseded } from '@gotk/runtime';
import { type ApplyReport, type DriftWatch, idOf, type Ledger } from '@gotk/ssa';

export interface UntilDrift extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts with `Superseded` when one of an owner's objects moves: to wait for the health of what somebody has just deleted or changed would be to
 * wait for nothing.
 */
export function untilDrift(
  owner: string,
  objects: ApplyReport['objects'],
  { driftWatch, ledger, signal }: { readonly driftWatch: DriftWatch; readonly ledger: Ledger; readonly signal: AbortSignal },
): UntilDrift {
  const moved = new AbortController();
  const abort = () => moved.abort(new Superseded('an applied object was changed'));
  const subscription = driftWatch.subscribe((notice) => {
    if (notice.owner === owner) abort();
  });
  // One that has moved since it was applied has lost its record.
  if (objects.some(({ reference, applied }) => applied && ledger.get(idOf(reference)) === undefined)) abort();
  return { signal: AbortSignal.any([signal, moved.signal]), [Symbol.dispose]: () => subscription[Symbol.dispose]() };
}
