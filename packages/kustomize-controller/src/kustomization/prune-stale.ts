import { type ApplyReport, difference, type PruneReport, prune } from '@gotk/ssa';
import { describeDeleted } from './change-set.ts';
import { confirmIntent } from './confirm-intent.ts';
import { POLICY } from './policy.ts';
import { type BuiltProgress, eventMetadata, ownerName, ownerOf, type ReconcileDeps } from './progress.ts';

/** Some of what is no longer wanted could not be deleted. */
export class PruneIncomplete extends Error {
  override readonly name = 'PruneIncomplete';
  readonly report: PruneReport;

  constructor(report: PruneReport) {
    super(report.failed.map(({ message }) => message).join('\n'));
    this.report = report;
  }
}

/** Deletes what was applied before and is not wanted any more, once it is certain what is wanted. Throws `PruneIncomplete`, and what `confirmIntent` throws. */
export async function pruneStale(applied: ApplyReport, run: BuiltProgress, deps: ReconcileDeps): Promise<PruneReport> {
  const { kustomization, source, ctx, signal } = run;
  const stale = difference(kustomization.status?.inventory?.entries ?? [], applied.entries);
  if (!kustomization.spec.prune || stale.length === 0) return { deleted: [], lingering: [], failed: [] };
  await confirmIntent(run, deps);
  // That they go is our own doing, and nobody's drift.
  for (const { id } of stale) deps.ledger.delete(id);
  const report = await prune(stale, {
    client: deps.client,
    owner: ownerOf(kustomization),
    policy: POLICY,
    concurrency: deps.pruneConcurrency,
    signal,
    cached: deps.driftWatch.liveOf,
  });
  const message = describeDeleted(report.deleted);
  if (message !== '') ctx.event({ severity: 'info', reason: 'Progressing', message, metadata: eventMetadata(source) });
  if (report.failed.length > 0) throw new PruneIncomplete(report);
  for (const entry of report.lingering) deps.driftWatch.awaitDeletion(entry, ownerName(kustomization));
  return report;
}
