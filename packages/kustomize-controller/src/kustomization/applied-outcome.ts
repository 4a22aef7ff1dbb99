import { formatDuration } from '@gotk/apimachinery';
import { type Ready, withReconciled } from '@gotk/runtime';
import type { ApplyReport, DriftedObject, InventoryEntry, PruneReport } from '@gotk/ssa';
import { drifted } from './drift-mode.ts';
import { healthy } from './health.ts';
import { eventMetadata, isReady, type KnownProgress, type Progress } from './progress.ts';
import { intervalMs } from './timing.ts';

/** A finalizer elsewhere holds what was deleted: it is looked for again without waiting for the interval. */
const LINGERING_AGAIN_MS = 30_000;

export interface Reached {
  readonly inventory: readonly InventoryEntry[];
  /** Some of the inventory is deleted and not gone yet. */
  readonly lingers: boolean;
  /** How long health took to come, in milliseconds; undefined when nobody asked for it. */
  readonly healthyAfterMs: number | undefined;
  /** What has moved and was left so. */
  readonly moved: readonly DriftedObject[];
  readonly news: boolean;
}

/** The outcome of a run that has reached the desired state. */
export function appliedOutcome(
  { kustomization, source, built, ctx, startedMs }: KnownProgress,
  { inventory, lingers, healthyAfterMs, moved, news }: Reached,
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
    conditions: [
      ...(healthyAfterMs === undefined ? [{ type: 'Healthy', absent: true } as const] : healthy(kustomization, healthyAfterMs)),
      ...drifted(moved),
    ],
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
  done?: { readonly applied: ApplyReport; readonly pruned: PruneReport },
): boolean {
  const changed =
    done !== undefined && (done.applied.changes.some(({ action }) => action !== 'unchanged') || done.pruned.deleted.length > 0);
  const asked = ctx.requestedAt !== undefined;
  return changed || asked || !isReady(kustomization) || kustomization.status?.lastAppliedRevision !== source.revision;
}

/** Says so. */
export function announce({ kustomization, source, ctx, startedMs }: Progress): void {
  const took = formatDuration(Math.round(ctx.clock.monotonic() - startedMs));
  ctx.event({
    severity: 'info',
    reason: 'ReconciliationSucceeded',
    message: `Reconciliation finished in ${took}, next run in ${formatDuration(intervalMs(kustomization.spec))}`,
    metadata: { ...eventMetadata(source), commit_status: 'update' },
  });
}
