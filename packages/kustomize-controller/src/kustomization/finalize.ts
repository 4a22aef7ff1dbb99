import { type Kustomization, Reason } from '@gotk/api';
import { isRecord } from '@gotk/apimachinery';
import { Failed, type ReconcileContext, Waiting } from '@gotk/runtime';
import { parseEntry, prune, renderReference } from '@gotk/ssa';
import { describeDeleted } from './change-set.ts';
import { POLICY } from './policy.ts';
import { type ControllerDeps, ownerName, ownerOf } from './progress.ts';

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
export async function finalize(kustomization: Kustomization, ctx: ReconcileContext, controller: ControllerDeps): Promise<void> {
  const { status } = kustomization;
  const fate = fateOf(kustomization);
  const entries = status?.inventory?.entries ?? [];
  if (fate === 'keep' || entries.length === 0) return;
  // Nobody else may delete what a tenant has applied, and nobody will be able to: the Kustomization must not stay for that.
  if (!(await controller.accounts.exists(kustomization, ctx))) {
    const left = entries
      .map((entry) => parseEntry(entry))
      .flatMap((reference) => (reference === undefined ? [] : [renderReference(reference)]));
    ctx.event({ severity: 'error', reason: Reason.PruneFailed, message: `unable to prune objects: \n${left.join('\n')}` });
    return;
  }
  const deps = { ...controller, ...(await controller.accounts.of(kustomization, ctx)) };

  // That they go is our own doing, and nobody's drift.
  deps.ledger.forget(ownerName(kustomization));
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
