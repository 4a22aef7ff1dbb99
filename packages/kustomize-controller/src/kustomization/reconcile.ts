import type { GitRepository, Kustomization } from '@gotk/api';
import { formatDuration, keyOf, renderKey } from '@gotk/apimachinery';
import type { TreeCache } from '@gotk/artifact';
import type { InformerSet, KubeClient, Reader } from '@gotk/kube';
import { deadlineSignal, type Ready, type ReconcileContext, type WorkerPool } from '@gotk/runtime';
import {
  type Applier,
  type ApplyReport,
  type DriftWatch,
  difference,
  type InventoryEntry,
  type Ledger,
  type PruneReport,
  prune,
  union,
} from '@gotk/ssa';
import type { Built } from './build-tree.ts';
import { describeChanges, describeDeleted } from './change-set.ts';
import { checkDependencies } from './dependencies.ts';
import { type Progress, PruneIncomplete, phase } from './failures.ts';
import { asksForHealth, awaitHealth, healthy, passed } from './health.ts';
import { withReconciled } from './history.ts';
import { fetchAndBuild } from './manifests.ts';
import { isWantedBy } from './ownership.ts';
import { POLICY } from './policy.ts';
import type { SettledSet } from './settled.ts';
import { type Source, sourceOf } from './source.ts';
import { intervalMs, timeoutMs } from './timing.ts';
import { untilDrift } from './until-drift.ts';

export interface ReconcileDeps {
  readonly client: KubeClient;
  readonly kustomizations: Reader<Kustomization>;
  readonly repositories: Reader<GitRepository>;
  readonly trees: TreeCache;
  readonly workers: WorkerPool;
  readonly informers: InformerSet;
  readonly ledger: Ledger;
  readonly driftWatch: DriftWatch;
  readonly applier: Applier;
  readonly settled: SettledSet;
  readonly pruneConcurrency: number;
  readonly verifyAfterMs: number;
  readonly dependencyRetryMs: number;
  readonly crossNamespaceAllowed: boolean;
}

/** source → dependencies → manifests → apply → prune → health → ready. Objects that nobody has touched since cost nothing. */
export async function reconcile(kustomization: Kustomization, ctx: ReconcileContext, deps: ReconcileDeps): Promise<Ready> {
  const source = sourceOf(kustomization, { ...deps, againMs: deps.dependencyRetryMs });
  checkDependencies(kustomization, { ...deps, source, againMs: deps.dependencyRetryMs });
  const settled = ctx.requestedAt === undefined ? deps.settled.find(kustomization, source, ctx.clock.monotonic()) : undefined;
  if (settled !== undefined && !asksForHealth(kustomization)) return settled;

  // From here on, what was known to be settled may be changed.
  deps.settled.forget(renderKey(keyOf(kustomization)));
  const { spec } = kustomization;
  using deadline = deadlineSignal({ timeoutMs: timeoutMs(spec), clock: ctx.clock, parent: ctx.signal });
  const { signal } = deadline;
  const progress: Progress = { kustomization, source, ctx, signal, startedMs: ctx.clock.monotonic() };

  const built = await phase('manifests', progress, () => fetchAndBuild(kustomization, { source, signal, ctx, ...deps }));
  const known = { ...progress, built };
  const applied = await phase('apply', known, () => apply(built, known, deps));
  const pruned = await phase('prune', { ...known, applied }, () => collect(applied, known, deps));
  const remaining = union(applied.entries, pruned.lingering);
  const checkedMs = await phase('health', { ...known, inventory: remaining }, () => checkHealth(applied, known, deps));

  const news = isNews(kustomization, { applied, pruned, source, ctx });
  const ready = finish({ ...known, pruned, remaining, checkedMs, news });
  if (pruned.lingering.length === 0)
    deps.settled.add(kustomization, { source, ready: again(ready), untilMs: known.startedMs + deps.verifyAfterMs });
  if (news) announce(known);
  return ready;
}

type Known = Progress & { readonly built: Built };

const ownerOf = ({ metadata }: Kustomization) => ({ namespace: metadata.namespace ?? '', name: metadata.name });

async function apply(built: Built, { kustomization, source, ctx, signal }: Known, deps: ReconcileDeps): Promise<ApplyReport> {
  const { status, metadata } = kustomization;
  const before = status?.inventory?.entries ?? [];
  ctx.progress(`Applying revision ${source.revision} with a timeout of ${formatDuration(timeoutMs(kustomization.spec))}`);
  const report = await deps.applier.apply(built.objects, {
    owner: ownerOf(kustomization),
    signal,
    validated:
      isReady(kustomization) && status?.observedGeneration === metadata.generation && status?.lastAppliedRevision === source.revision,
    isWantedBy: (owner, id) => isWantedBy(owner, id, deps),
    // What is about to exist is on record before it does: whatever happens next, nothing of it is forgotten.
    beforeWrite: async (entries) => {
      const inventory = { entries: [...union(before, entries)] };
      if (difference(entries, before).length === 0) return;
      await ctx.record({ fields: { inventory, lastAttemptedRevision: source.revision } });
    },
  });
  const message = describeChanges(report.changes);
  if (message !== '') ctx.event({ severity: 'info', reason: 'Progressing', message, metadata: eventMetadata(source) });
  return report;
}

/** Deletes what was applied before and is not wanted any more. */
async function collect(applied: ApplyReport, { kustomization, source, ctx, signal }: Known, deps: ReconcileDeps): Promise<PruneReport> {
  const stale = difference(kustomization.status?.inventory?.entries ?? [], applied.entries);
  if (!kustomization.spec.prune || stale.length === 0) return { deleted: [], lingering: [], waitingFor: [], failed: [] };
  const owner = ownerOf(kustomization);
  const report = await prune(stale, {
    client: deps.client,
    owner,
    policy: POLICY,
    concurrency: deps.pruneConcurrency,
    signal,
    cached: deps.driftWatch.liveOf,
  });
  const message = describeDeleted(report.deleted);
  if (message !== '') ctx.event({ severity: 'info', reason: 'Progressing', message, metadata: eventMetadata(source) });
  if (report.failed.length > 0) throw new PruneIncomplete(report);
  for (const reference of report.waitingFor) deps.driftWatch.awaitDeletion(reference, renderKey(keyOf(kustomization)));
  return report;
}

/** How long health took to come, in milliseconds; undefined when nobody asked for it. */
async function checkHealth(
  { objects }: ApplyReport,
  { kustomization, source, ctx }: Known,
  deps: ReconcileDeps,
): Promise<number | undefined> {
  if (!asksForHealth(kustomization)) return undefined;
  const { clock } = ctx;
  const started = clock.monotonic();
  ctx.progress(`Running health checks for revision ${source.revision} with a timeout of ${formatDuration(timeoutMs(kustomization.spec))}`);
  using untouched = untilDrift(renderKey(keyOf(kustomization)), objects, { ...deps, signal: ctx.signal });
  await awaitHealth(kustomization, objects, { ...deps, ctx, signal: untouched.signal });
  const tookMs = clock.monotonic() - started;
  const { status } = kustomization;
  const wasHealthy = status?.conditions?.some(({ type, status }) => type === 'Healthy' && status === 'True') === true;
  if (!wasHealthy || status?.lastAppliedRevision !== source.revision)
    ctx.event({ severity: 'info', reason: 'Progressing', message: passed(tookMs), metadata: eventMetadata(source) });
  return tookMs;
}

/** A finalizer elsewhere holds what was deleted: it is looked for again without waiting for the interval. */
const LINGERING_AGAIN_MS = 30_000;

interface Finished extends Known {
  readonly pruned: PruneReport;
  readonly news: boolean;
  readonly remaining: readonly InventoryEntry[];
  readonly checkedMs: number | undefined;
}

function finish({ kustomization, source, built, ctx, startedMs, pruned, remaining, checkedMs, news }: Finished): Ready {
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
    conditions: checkedMs === undefined ? [{ type: 'Healthy', absent: true }] : healthy(kustomization, checkedMs),
    fields: {
      inventory: { entries: [...remaining] },
      lastAppliedRevision: source.revision,
      lastAppliedOriginRevision: source.originRevision,
      lastAttemptedRevision: source.revision,
      ...(news ? { history: withReconciled(status?.history ?? [], reconciled) } : {}),
    },
    againMs: pruned.lingering.length === 0 ? intervalMs(spec) : Math.min(LINGERING_AGAIN_MS, intervalMs(spec)),
  };
}

/** The same, for a later look that changes nothing: what was counted once is not counted again. */
function again({ fields: _fields, conditions: _conditions, ...ready }: Ready): Ready {
  return ready;
}

interface Doing {
  readonly applied: ApplyReport;
  readonly pruned: PruneReport;
  readonly source: Source;
  readonly ctx: ReconcileContext;
}

/** Whether anybody would want to hear that this run has ended well. */
function isNews(kustomization: Kustomization, { applied, pruned, source, ctx }: Doing): boolean {
  const changed = applied.changes.some(({ action }) => action !== 'unchanged') || pruned.deleted.length > 0;
  return (
    changed || ctx.requestedAt !== undefined || !isReady(kustomization) || kustomization.status?.lastAppliedRevision !== source.revision
  );
}

function announce({ kustomization, source, ctx, startedMs }: Known): void {
  const took = formatDuration(Math.round(ctx.clock.monotonic() - startedMs));
  ctx.event({
    severity: 'info',
    reason: 'ReconciliationSucceeded',
    message: `Reconciliation finished in ${took}, next run in ${kustomization.spec.interval}`,
    metadata: { ...eventMetadata(source), commit_status: 'update' },
  });
}

const isReady = ({ status }: Kustomization): boolean =>
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

const eventMetadata = ({ revision, originRevision }: Source): Readonly<Record<string, string>> => ({
  revision,
  ...(originRevision === undefined ? {} : { originRevision }),
});
