import type { Kustomization } from '@gotk/api';
import { deadlineSignal } from '@gotk/apimachinery';
import type { Ready, ReconcileContext } from '@gotk/runtime';
import { type ApplyReport, asRecorded, idOf, isOnRecord, type Ledger, union } from '@gotk/ssa';
import { announce, appliedOutcome, isNews } from './applied-outcome.ts';
import { applySet } from './apply-set.ts';
import { checkHealth } from './check-health.ts';
import { revisionObjection } from './dependencies.ts';
import { phase } from './failures.ts';
import { asksForHealth } from './health.ts';
import { fetchAndBuild, isBuiltToTheSame } from './manifests.ts';
import { type ControllerDeps, eventMetadata, ownerName, type Progress, type ReconcileDeps } from './progress.ts';
import { pruneStale } from './prune-stale.ts';
import type { Found, Looked } from './settled.ts';
import { sourceOf } from './source.ts';
import { timeoutMs } from './timing.ts';

/**
 * source → dependencies → account → variables → manifests → apply → prune → health → ready. Objects that nobody has touched since cost nothing, and a new
 * revision costs those nothing whose files are in it as they were.
 */
export async function reconcile(kustomization: Kustomization, ctx: ReconcileContext, controller: ControllerDeps): Promise<Ready> {
  const againMs = controller.dependencyRetryMs;
  const sources = await controller.sourcesFor(kustomization, ctx);
  const source = sourceOf(kustomization, { ...controller, sources, againMs });
  const objection = revisionObjection(kustomization, source);
  await controller.dependencies.check(kustomization, { signal: ctx.signal, againMs, objection, eventMetadata: eventMetadata(source) });

  using deadline = deadlineSignal({ timeoutMs: timeoutMs(kustomization.spec), clock: ctx.clock, parents: [ctx.signal] });
  const { signal } = deadline;
  const started = { kustomization, source, ctx, signal, startedMs: ctx.clock.monotonic() };
  const account = await phase('account', started, () => controller.accounts.of(kustomization, { signal }));
  const variables = await phase('manifests', started, () => controller.variableSources.look(kustomization, { signal }));
  const looked = { kustomization, source, account, variables: variables.mark };
  const found = ctx.requestedAt === undefined ? controller.settled.find(looked, started.startedMs) : undefined;
  if (found?.isCurrent === true && !asksForHealth(kustomization)) return found.ready;

  const deps = { ...controller, ...account };
  if (found !== undefined && (await phase('manifests', started, () => isUntouched(found, started, deps)))) {
    // Drift may have been heard of meanwhile.
    if (found.objects.every((it) => isAsApplied(it, deps.ledger))) return await goOn(found, { looked, started }, deps);
  }

  // From here on, what was known to be settled may be changed.
  controller.settled.forget(ownerName(kustomization));
  const built = await phase('manifests', started, () => fetchAndBuild(kustomization, { source, variables, signal, ctx, ...deps }));
  const run = { ...started, built };
  const applied = await phase('apply', run, () => applySet(run, deps));
  const pruned = await phase('prune', { ...run, applied }, () => pruneStale(applied, run, deps));
  const inventory = asRecorded(union(applied.entries, pruned.lingering), kustomization.status?.inventory?.entries ?? []);
  const { objects, drifted: moved } = applied;
  const healthyAfterMs = await phase('health', { ...run, inventory }, () => checkHealth(objects, run, deps));

  const news = isNews(run, { applied, pruned });
  const ready = appliedOutcome(run, { inventory, lingers: pruned.lingering.length > 0, healthyAfterMs, moved, news });
  // One that has moved since it was applied has lost its record, and the wake for it may be a while away.
  const isSettled = moved.length === 0 && pruned.lingering.length === 0 && applied.watched;
  if (isSettled && objects.every((it) => isAsApplied(it, deps.ledger)))
    deps.settled.add(looked, { built, objects, ready, inventory, untilMs: run.startedMs + deps.verifyAfterMs });
  if (news) announce(run);
  return ready;
}

/** Whether what was built is what would be built now. */
async function isUntouched({ isCurrent, built: { footprint } }: Found, run: Progress, deps: ReconcileDeps): Promise<boolean> {
  if (isCurrent || footprint === undefined) return isCurrent;
  return await isBuiltToTheSame(run.kustomization, footprint, { ...deps, ...run });
}

const isAsApplied = ({ applied, reference }: ApplyReport['objects'][number], ledger: Ledger): boolean =>
  !applied || (isOnRecord(ledger, idOf(reference)) && ledger.ended(idOf(reference)) !== 'failed');

/** Comes to another revision, or to the health of this one, with what is applied already. */
async function goOn(
  { built, objects, inventory, untilMs }: Found,
  { looked, started }: { readonly looked: Looked; readonly started: Progress },
  deps: ReconcileDeps,
): Promise<Ready> {
  deps.settled.forget(ownerName(looked.kustomization));
  const run = { ...started, built };
  const healthyAfterMs = await phase('health', run, () => checkHealth(objects, run, deps));
  const news = isNews(run);
  const ready = appliedOutcome(run, { inventory, lingers: false, healthyAfterMs, moved: [], news });
  if (objects.every((it) => isAsApplied(it, deps.ledger))) deps.settled.add(looked, { built, objects, ready, inventory, untilMs });
  if (news) announce(run);
  return ready;
}
