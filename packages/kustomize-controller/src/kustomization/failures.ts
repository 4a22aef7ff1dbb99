import { Reason } from '@gotk/api';
import { DeadlineExceeded } from '@gotk/apimachinery';
import { ArtifactError } from '@gotk/artifact';
import { UnsupportedProvider } from '@gotk/kube';
import { Failed, ObjectLevelIdentityDisabled, Stalled, Superseded, TaskFailed, Waiting, withReconciled } from '@gotk/runtime';
import { type InventoryEntry, union } from '@gotk/ssa';
import { unhealthy } from './health.ts';
import { PathNotFound } from './manifests.ts';
import { eventMetadata, type Progress } from './progress.ts';
import { PruneIncomplete } from './prune-stale.ts';
import { retryMs } from './timing.ts';

/** The parts of a run that can fail each in their own way. */
export type Phase = 'account' | 'manifests' | 'apply' | 'prune' | 'health';

const GONE_AGAIN_MS = 10_000;

/** Errors of the worker that are none of the build's. */
const SAY_IT_THEMSELVES: ReadonlySet<string> = new Set(['ArtifactError', 'SubstitutionError']);

/** Runs one part; what it throws becomes a failure with the contract's reason, and what has been done so far goes on record. */
export async function phase<T>(name: Phase, progress: Progress, work: () => Promise<T>): Promise<T> {
  try {
    return await progress.ctx.span.run(name, work);
  } catch (error) {
    // A run that was overtaken has not failed; one that ran out of time has.
    if (error instanceof Superseded) throw error;
    if (progress.signal.aborted && !(progress.signal.reason instanceof DeadlineExceeded)) throw error;
    throw failure(name, progress, error);
  }
}

function failure(name: Phase, progress: Progress, error: unknown): Failed | Stalled | Waiting {
  const { kustomization, source, ctx, startedMs, built } = progress;
  if (error instanceof ObjectLevelIdentityDisabled) return new Stalled({ reason: Reason.FeatureGateDisabled, message: error.message });
  if (error instanceof UnsupportedProvider)
    return new Stalled({ reason: Reason.UnsupportedField, message: `spec.kubeConfig: ${error.message}` });
  const reason = reasonFor(name, error);
  const message = messageFor(name, error);
  const inventory = inventoryAfter(progress, error);
  const reconciled = {
    digest: built?.digest ?? '',
    atMs: ctx.clock.now(),
    durationMs: ctx.clock.monotonic() - startedMs,
    status: reason,
    metadata: eventMetadata(source),
  };
  // Its server no longer has it: the source is about to name another, and that wakes us.
  if (error instanceof ArtifactError && error.kind === 'gone')
    return new Waiting({ reason, message, againMs: GONE_AGAIN_MS, eventMetadata: eventMetadata(source) });
  const retry = retryMs(kustomization.spec);
  return new Failed({
    reason,
    message,
    cause: error,
    conditions: name === 'health' ? unhealthy(message) : [],
    eventMetadata: eventMetadata(source),
    fields: {
      lastAttemptedRevision: source.revision,
      ...(inventory === undefined ? {} : { inventory: { entries: [...inventory] } }),
      ...(built === undefined ? {} : { history: withReconciled(kustomization.status?.history ?? [], reconciled) }),
    },
    ...(retry === undefined ? {} : { retryMs: retry }),
  });
}

function reasonFor(name: Phase, error: unknown): string {
  switch (name) {
    case 'account':
      return Reason.ReconciliationFailed;
    case 'manifests':
      return error instanceof ArtifactError ||
        error instanceof PathNotFound ||
        (error instanceof TaskFailed && error.errorName === 'ArtifactError')
        ? Reason.ArtifactFailed
        : Reason.BuildFailed;
    case 'apply':
      return Reason.ReconciliationFailed;
    case 'prune':
      return Reason.PruneFailed;
    case 'health':
      return Reason.HealthCheckFailed;
  }
}

function messageFor(name: Phase, error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (name === 'account') return `failed to build kube client: ${text}`;
  const isBuild = name === 'manifests' && error instanceof TaskFailed && !SAY_IT_THEMSELVES.has(error.errorName);
  return isBuild ? `kustomize build failed: ${text}` : text;
}

/** What must not be forgotten after a failure; undefined: the status says so already. */
function inventoryAfter({ applied, inventory }: Progress, error: unknown): readonly InventoryEntry[] | undefined {
  if (!(error instanceof PruneIncomplete) || applied === undefined) return inventory;
  const { lingering, failed } = error.report;
  return union(applied.entries, [...lingering, ...failed.map(({ entry }) => entry)]);
}
