import { formatDuration } from '@gotk/apimachinery';
import { type Ready, withReconciled } from '@gotk/runtime';
import type { ApplyReport, InventoryEntry, PruneReport } from '@gotk/ssa';
import { healthy } from './health.ts';
import { type BuiltProgress, eventMetadata, isReady, type Progress } from './progress.ts';
import { intervalMs } from './timing.ts';

/** A finalizer elsewhere holds what was deleted: it is looked for again without waiting for the interval. */
const LINGERING_AGAIN_MS = 30_000;

export interface Reached {
  readonly inventory: readonly InventoryEntry[];
  /** Some of the inventory is deleted and not gone yet. */
  readonly lingers: boolean;
  /** How long health took to come, in milliseconds; undefined when nobody asked for it. */
  readonly healthyAfterMs: number | undefined;
  readonly news: boolean;
}

/** The outcome of a run that has reached the desired state. */
export function appliedOutcome(
  { kustomization, source, built, ctx, startedMs }: BuiltProgress,
  { inventory, lingers, healthyAfterMs, news }: Reached,
): Ready {
  const { spec, status } = kustomization;
  const reconciled = {
    digest: built.digest,
    atMs: ctx.clock.now(),
    durationMs: ctx.clock.monotonic() - startedMs,
    status: 'ReconciliationSucceeded',
    metadata: eventMetadata(source),
  };
  return {
    reason: 'ReconciliationSucceeded',
    message: `Applied revision: ${source.revision}`,
    conditions: healthyAfterMs === undefined ? [{ type: 'Healthy', absent: true }] : healthy(kustomization, healthyAfterMs),
    fields: {
      inventory: { entries: [...inventory] },
      lastAppliedRevision: source.revision,
      lastAppliedOriginRevision: source.originRevision,
      lastAttemptedRevision: source.revision,
      ...(news ? { history: withReconciled(status?.history ?? [], reconciled) } : {}),
    },
    againMs: lingers ? Math.min(LINGERING_AGAIN_MS, intervalMs(spec)) : intervalMs(spec),
  };
}

/** Whether anybody would want to hear that this run has ended well. */
export function isNews(
  { kustomization, source, ctx }: Progress,
  { applied, pruned }: { readonly applied: ApplyReport; readonly pruned: PruneReport },
): boolean {
  const changed = applied.changes.some(({ action }) => action !== 'unchanged') || pruned.deleted.length > 0;
  const asked = ctx.requestedAt !== undefined;
  return changed || asked || !isReady(kustomization) || kustomization.status?.lastAppliedRevision !== source.revision;
}

/** Says so. */
export function announce({ kustomization, source, ctx, startedMs }: Progress): void {
  const took = formatDuration(Math.round(ctx.clock.monotonic() - startedMs));
  ctx.event({
    severity: 'info',
    reason: 'ReconciliationSucceeded',
    message: `Reconciliation finished in ${took}, next run in ${kustomization.spec.interval}`,
    metadata: { ...eventMetadata(source), commit_status: 'update' },
  });
}
