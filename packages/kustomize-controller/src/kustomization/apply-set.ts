import { Reason } from '@gotk/api';
import { formatDuration, type Unstructured } from '@gotk/apimachinery';
import { type ApplyReport, difference, referenceTo, renderReference, SetRefused, union } from '@gotk/ssa';
import { isExempted } from '../decryption/exempt.ts';
import { changeLog, describeChanges } from './change-set.ts';
import { CONTESTED } from './contests.ts';
import { onlyReportsDrift } from './drift-mode.ts';
import { ignoredPointers } from './ignored-pointers.ts';
import { isWantedBy } from './ownership.ts';
import { type BuiltProgress, eventMetadata, isReady, ownerName, ownerOf, type ReconcileDeps } from './progress.ts';
import { tellOfDrift } from './tell-of-drift.ts';
import { timeoutMs } from './timing.ts';

/** Makes the cluster equal to what was built. Throws what the applier throws. */
export async function applySet(run: BuiltProgress, deps: ReconcileDeps): Promise<ApplyReport> {
  const { kustomization, source, ctx, signal, built } = run;
  refuseEncrypted(built.objects);
  const { spec, status, metadata } = kustomization;
  const before = status?.inventory?.entries ?? [];
  ctx.progress(`Detecting drift for revision ${source.revision} with a timeout of ${formatDuration(timeoutMs(kustomization.spec))}`);
  const report = await deps.applier.apply(built.objects, {
    owner: ownerOf(kustomization),
    signal,
    force: spec.force === true,
    ignoredPointers: ignoredPointers(spec.ignore ?? []),
    validated: isReady(kustomization) && status?.observedGeneration === metadata.generation && isAsApplied(run),
    edition: built.digest,
    wasApplied: deps.applied.has(ownerName(kustomization)) ? () => false : wasApplied(run),
    runAgain: ctx.requestedAt !== undefined,
    reportDrift: onlyReportsDrift(kustomization),
    isWantedBy: (owner, id) => isWantedBy(owner, id, deps),
    // What is about to exist is on record before it does: whatever happens next, nothing of it is forgotten.
    beforeWrite: async (entries) => {
      const inventory = { entries: [...union(before, entries)] };
      if (difference(entries, before).length === 0) return;
      await ctx.record({ fields: { inventory, lastAttemptedRevision: source.revision } });
    },
  });
  deps.applied.add(ownerName(kustomization));
  for (const { reference, warnings } of report.changes)
    if (warnings.length > 0) ctx.log.info('the API server warns', { object: renderReference(reference), warnings });
  if (report.changes.length > 0)
    ctx.log.info('server-side apply completed', {
      output: changeLog(report.changes, { grouped: deps.groupChangeLog }),
      revision: source.revision,
    });
  const message = describeChanges(report.changes);
  if (message !== '') ctx.event({ severity: 'info', reason: 'Progressing', message, metadata: eventMetadata(source) });
  tellOfDrift(report, run, deps);
  for (const { reference, action } of report.changes) {
    const contested = action === 'unchanged' ? undefined : deps.contests.describe(ownerName(kustomization), reference);
    if (contested !== undefined) ctx.event({ severity: 'error', reason: CONTESTED, message: contested, metadata: eventMetadata(source) });
  }
  return report;
}

/** Whether what was built is what was applied well the last time. With variables, the revision alone does not say so. */
const isAsApplied = ({ kustomization: { spec, status }, source, built }: BuiltProgress): boolean =>
  status?.lastAppliedRevision === source.revision && (spec.postBuild === undefined || status.history?.[0]?.digest === built.digest);

/** How a run ends that has applied all there was to apply. */
const APPLIED_ALL: ReadonlySet<string> = new Set([Reason.ReconciliationSucceeded, Reason.HealthCheckFailed, Reason.PruneFailed]);

/** What is on record of runs of what was built, by an earlier process. This one knows what it has applied, and where: the kubeconfig may lead elsewhere by now. */
function wasApplied({ kustomization: { status, metadata }, built }: BuiltProgress): (id: string) => boolean {
  const last = status?.history?.[0];
  if (status?.observedGeneration !== metadata.generation) return () => false;
  if (last?.digest !== built.digest || !APPLIED_ALL.has(last.lastReconciledStatus)) return () => false;
  const ids = new Set(status?.inventory?.entries?.map(({ id }) => id));
  return (id) => ids.has(id);
}

/** Ciphertext in a Secret is of use to nobody, and whoever reads it finds no password there but something that looks like one. */
function refuseEncrypted(objects: readonly Unstructured[]): void {
  const encrypted = objects.filter(
    ({ kind, sops, metadata: { annotations = {} } }) => kind === 'Secret' && sops !== undefined && !isExempted(annotations),
  );
  const message = 'is SOPS encrypted, configuring decryption is required for this secret to be reconciled';
  if (encrypted.length > 0) throw new SetRefused(encrypted.map((object) => ({ object: referenceTo(object), message })));
}
