import { Reason } from '@gotk/api';
import type { ApplyReport } from '@gotk/ssa';
import { describeDrift } from './describe-drift.ts';
import { DRIFTED, driftMessage } from './drift-mode.ts';
import { type BuiltProgress, eventMetadata, ownerName, type ReconcileDeps } from './progress.ts';

/** Says what had moved and was put right, or was found to have moved and left so. Of what is fought over another event tells; of what is known, none. */
export function tellOfDrift({ changes, drifted }: ApplyReport, { kustomization, source, ctx }: BuiltProgress, deps: ReconcileDeps): void {
  const metadata = eventMetadata(source);
  const corrected = changes.flatMap(({ reference, drift }) =>
    drift === undefined || deps.contests.isContested(ownerName(kustomization), reference) ? [] : [{ reference, drift }],
  );
  if (corrected.length > 0)
    ctx.event({ severity: 'info', reason: Reason.DriftCorrected, message: describeDrift(corrected, { nowMs: ctx.clock.now() }), metadata });
  const message = driftMessage(drifted);
  const known = kustomization.status?.conditions?.find(({ type }) => type === DRIFTED)?.message;
  if (drifted.length > 0 && message !== known) ctx.event({ severity: 'error', reason: Reason.DriftDetected, message, metadata });
}
