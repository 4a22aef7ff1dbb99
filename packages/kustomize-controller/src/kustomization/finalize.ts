import { type Kustomization, Reason } from '@gotk/api';

import { Failed, type ReconcileContext, Waiting } from '@gotk/runtime';
import { prune } from '@gotk/ssa';
import { describeDeleted } from './change-set.ts';
import { POLICY } from './policy.ts';
import { ownerName, ownerOf, type ReconcileDeps } from './progress.ts';

type DeletionPolicy = NonNullable<Kustomization['spec']['deletionPolicy']>;

/** What becomes of the objects when their Kustomization goes: the whole policy. */
const FATE: Readonly<Record<DeletionPolicy, (spec: Kustomization['spec']) => 'keep' | 'delete' | 'delete and wait'>> = {
  MirrorPrune: ({ prune }) => (prune ? 'delete' : 'keep'),
  Delete: () => 'delete',
  WaitForTermination: () => 'delete and wait',
  Orphan: () => 'keep',
};

const LOOK_AGAIN_MS = 5_000;

/** Deletes what was applied, as the deletion policy says, unless the Kustomization is suspended. Throws as long as something is left to do. */
export async function finalize(kustomization: Kustomization, ctx: ReconcileContext, deps: ReconcileDeps): Promise<void> {
  const { spec, status } = kustomization;
  const fate = spec.suspend === true ? 'keep' : FATE[spec.deletionPolicy ?? 'MirrorPrune'](spec);
  if (fate === 'keep') return;

  const entries = status?.inventory?.entries ?? [];
  const { deleted, lingering, failed, waitingFor } = await prune(entries, {
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
  for (const reference of waitingFor) deps.driftWatch.awaitDeletion(reference, ownerName(kustomization));
  throw new Waiting({
    reason: Reason.Progressing,
    message: `waiting for the termination of ${lingering.length} objects`,
    againMs: LOOK_AGAIN_MS,
  });
}
