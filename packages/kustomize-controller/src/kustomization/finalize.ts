import { type Kustomization, Reason } from '@gotk/api';
import { isRecord } from '@gotk/apimachinery';
import { Failed, type ReconcileContext, Waiting } from '@gotk/runtime';
import { prune } from '@gotk/ssa';
import { describeDeleted } from './change-set.ts';
import { POLICY } from './policy.ts';
import { ownerName, ownerOf, type ReconcileDeps } from './progress.ts';

type DeletionPolicy = NonNullable<Kustomization['spec']['deletionPolicy']>;

/** What becomes of the objects when their Kustomization goes: the whole policy. */
const FATE: Readonly<Record<DeletionPolicy, (spec: Kustomization['spec']) => 'keep' | 'delete' | 'delete and wait'>> = {
  MirrorPrune: ({ prune }) => (prune === true ? 'delete' : 'keep'),
  Delete: () => 'delete',
  WaitForTermination: () => 'delete and wait',
  Orphan: () => 'keep',
};

const LOOK_AGAIN_MS = 5_000;

/** Of an object that may break its schema: it has to be able to go all the same, and what nobody clearly asked to be deleted stays. */
function fateOf({ spec }: Kustomization): 'keep' | 'delete' | 'delete and wait' {
  if (!isRecord(spec) || spec.suspend === true) return 'keep';
  const policy = spec.deletionPolicy ?? 'MirrorPrune';
  return Object.hasOwn(FATE, policy) ? FATE[policy](spec) : 'keep';
}

/** Deletes what was applied, as the deletion policy says, unless the Kustomization is suspended. Throws as long as something is left to do. */
export async function finalize(kustomization: Kustomization, ctx: ReconcileContext, deps: ReconcileDeps): Promise<void> {
  const { status } = kustomization;
  const fate = fateOf(kustomization);
  if (fate === 'keep') return;

  // That they go is our own doing, and nobody's drift.
  deps.ledger.forget(ownerName(kustomization));
  const entries = status?.inventory?.entries ?? [];
  const { deleted, lingering, failed } = await prune(entries, {
    client: deps.client,
    owner: ownerOf(kustomization),
    policy: POLICY,
    concurrency: deps.pruneConcurrency,
    signal: ctx.signal,
    cached: deps.driftWatch.liveOf,
  });
  const message = describeDeleted(deleted);
  const eventMetadata = status?.lastAppliedRevision === undefined ? {} : { revision: status.lastAppliedRevision };
  if (message !== '') ctx.event({ severity: 'info', reason: Reason.ReconciliationSucceeded, message, metadata: eventMetadata });
  if (failed.length > 0)
    throw new Failed({ reason: Reason.PruneFailed, message: failed.map((each) => each.message).join('\n'), eventMetadata });
  if (fate === 'delete' || lingering.length === 0) return;
  for (const entry of lingering) deps.driftWatch.awaitDeletion(entry, ownerName(kustomization));
  throw new Waiting({
    reason: Reason.Progressing,
    message: `waiting for the termination of ${lingering.length} objects`,
    againMs: LOOK_AGAIN_MS,
  });
}
