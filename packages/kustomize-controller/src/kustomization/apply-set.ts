import { formatDuration, type Unstructured } from '@gotk/apimachinery';
import { type ApplyReport, difference, referenceTo, renderReference, SetRefused, union } from '@gotk/ssa';
import { isExempted } from '../decryption/exempt.ts';
import { describeChanges } from './change-set.ts';
import { CONTESTED } from './contests.ts';
import { ignoredPointers } from './ignored-pointers.ts';
import { isWantedBy } from './ownership.ts';
import { type BuiltProgress, eventMetadata, isReady, ownerName, ownerOf, type ReconcileDeps } from './progress.ts';
import { timeoutMs } from './timing.ts';

/** Makes the cluster equal to what was built. Throws what the applier throws. */
export async function applySet(run: BuiltProgress, deps: ReconcileDeps): Promise<ApplyReport> {
  const { kustomization, source, ctx, signal, built } = run;
  refuseEncrypted(built.objects);
  const { spec, status, metadata } = kustomization;
  const before = status?.inventory?.entries ?? [];
  ctx.progress(`Applying revision ${source.revision} with a timeout of ${formatDuration(timeoutMs(kustomization.spec))}`);
  const report = await deps.applier.apply(built.objects, {
    owner: ownerOf(kustomization),
    signal,
    force: spec.force === true,
    ignoredPointers: ignoredPointers(spec.ignore ?? []),
    validated: isReady(kustomization) && status?.observedGeneration === metadata.generation && isAsApplied(run),
    isWantedBy: (owner, id) => isWantedBy(owner, id, deps),
    // What is about to exist is on record before it does: whatever happens next, nothing of it is forgotten.
    beforeWrite: async (entries) => {
      const inventory = { entries: [...union(before, entries)] };
      if (difference(entries, before).length === 0) return;
      await ctx.record({ fields: { inventory, lastAttemptedRevision: source.revision } });
    },
  });
  for (const { reference, warnings } of report.changes)
    if (warnings.length > 0) ctx.log.info('the API server warns', { object: renderReference(reference), warnings });
  const message = describeChanges(report.changes);
  if (message !== '') ctx.event({ severity: 'info', reason: 'Progressing', message, metadata: eventMetadata(source) });
  for (const { reference, action } of report.changes) {
    const contested = action === 'unchanged' ? undefined : deps.contests.describe(ownerName(kustomization), reference);
    if (contested !== undefined) ctx.event({ severity: 'error', reason: CONTESTED, message: contested, metadata: eventMetadata(source) });
  }
  return report;
}

/** Whether what was built is what was applied well the last time. With variables, the revision alone does not say so. */
const isAsApplied = ({ kustomization: { spec, status }, source, built }: BuiltProgress): boolean =>
  status?.lastAppliedRevision === source.revision && (spec.postBuild === undefined || status.history?.[0]?.digest === built.digest);

/** Ciphertext in a Secret is of use to nobody, and whoever reads it finds no password there but something that looks like one. */
function refuseEncrypted(objects: readonly Unstructured[]): void {
  const encrypted = objects.filter(
    ({ kind, sops, metadata: { annotations = {} } }) => kind === 'Secret' && sops !== undefined && !isExempted(annotations),
  );
  const message = 'is SOPS encrypted, configuring decryption is required for this secret to be reconciled';
  if (encrypted.length > 0) throw new SetRefused(encrypted.map((object) => ({ object: referenceTo(object), message })));
}
