import type { Kustomization } from '@gotk/api';
import { deadlineSignal } from '@gotk/apimachinery';
import type { Ready, ReconcileContext } from '@gotk/runtime';
import { idOf, union } from '@gotk/ssa';
import { announce, appliedOutcome, isNews } from './applied-outcome.ts';
import { applySet } from './apply-set.ts';
import { checkHealth } from './check-health.ts';
import { revisionObjection } from './dependencies.ts';
import { phase } from './failures.ts';
import { asksForHealth } from './health.ts';
import { fetchAndBuild } from './manifests.ts';
import { type ControllerDeps, ownerName } from './progress.ts';
import { pruneStale } from './prune-stale.ts';
import { sourceOf } from './source.ts';
import { timeoutMs } from './timing.ts';

/** source → dependencies → account → variables → manifests → apply → prune → health → ready. Objects that nobody has touched since cost nothing. */
export async function reconcile(kustomization: Kustomization, ctx: ReconcileContext, controller: ControllerDeps): Promise<Ready> {
  const againMs = controller.dependencyRetryMs;
  const source = sourceOf(kustomization, { ...controller, againMs });
  const objection = revisionObjection(kustomization, source);
  await controller.dependencies.check(kustomization, { signal: ctx.signal, againMs, objection });

  using deadline = deadlineSignal({ timeoutMs: timeoutMs(kustomization.spec), clock: ctx.clock, parents: [ctx.signal] });
  const { signal } = deadline;
  const started = { kustomization, source, ctx, signal, startedMs: ctx.clock.monotonic() };
  const account = await phase('account', started, () => controller.accounts.of(kustomization, { signal }));
  const variables = await phase('manifests', started, () => controller.variableSources.look(kustomization, { signal }));
  const looked = { kustomization, source, account, variables: variables.mark };
  const settled = ctx.requestedAt === undefined ? controller.settled.find(looked, started.startedMs) : undefined;
  if (settled !== undefined && !asksForHealth(kustomization)) return settled;

  // From here on, what was known to be settled may be changed.
  controller.settled.forget(ownerName(kustomization));
  const deps = { ...controller, ...account };

  const built = await phase('manifests', started, () => fetchAndBuild(kustomization, { source, variables, signal, ctx, ...deps }));
  const run = { ...started, built };
  const applied = await phase('apply', run, () => applySet(run, deps));
  const pruned = await phase('prune', { ...run, applied }, () => pruneStale(applied, run, deps));
  const inventory = union(applied.entries, pruned.lingering);
  const healthyAfterMs = await phase('health', { ...run, inventory }, () => checkHealth(applied, run, deps));

  const news = isNews(run, { applied, pruned });
  const ready = appliedOutcome(run, { inventory, lingers: pruned.lingering.length > 0, healthyAfterMs, news });
  // One that has moved since it was applied has lost its record, and the wake for it may be a while away.
  const untouched = applied.objects.every((it) => !it.applied || deps.ledger.get(idOf(it.reference)) !== undefined);
  if (untouched && pruned.lingering.length === 0 && applied.watched)
    deps.settled.add(looked, { ready, inventory, untilMs: run.startedMs + deps.verifyAfterMs });
  if (news) announce(run);
  return ready;
}
