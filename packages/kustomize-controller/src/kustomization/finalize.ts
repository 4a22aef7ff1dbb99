import { type Kustomization, Reason } from '@gotk/api';
import { isRecord } from '@gotk/apimachinery';
import { Failed, type ReconcileContext, Waiting } from '@gotk/runtime';
import { parseEntry, prune, renderReference } from '@gotk/ssa';
import { describeDeleted } from './change-set.ts';
import { POLICY } from './policy.ts';
import { type ControllerDeps, ownerName, ownerOf } from './progress.ts';
import { SHORTEST_TIMEOUT_MS, timeoutMs } from './timing.ts';

type DeletionPolicy = NonNullable<Kustomization['spec']['deletionPolicy']>;

/** What becomes of the objects when their Kustomization goes: the whole policy. */
const FATE: Readonly<Record<DeletionPolicy, (spec: Kustomization['spec']) => 'keep' | 'delete' | 'delete and wait'>> = {
  MirrorPrune: ({ prune }) => (prune === true ? 'delete' : 'keep'),
  Delete: () => 'delete',
  WaitForTermination: () => 'delete and wait',
  Orphan: () => 'keep',
};

const LOOK_AGAIN_MS = 5_000;
const SHOWN = 5;

/** Of an object that may break its schema: it has to be able to go all the same, and what nobody clearly asked to be deleted stays. */
function fateOf({ spec }: Kustomization): 'keep' | 'delete' | 'delete and wait' {
  if (!isRecord(spec) || spec.suspend === true) return 'keep';
  const policy = spec.deletionPolicy ?? 'MirrorPrune';
  return Object.hasOwn(FATE, policy) ? FATE[policy](spec) : 'keep';
}

/**
 * Lets those go first that depend on it and are being deleted too. Whoever acts as somebody of a namespace that is going cannot wait for that: soon nobody could
 * delete what was applied.
 */
async function inTurn(kustomization: Kustomization, ctx: ReconcileContext, { accounts, deletionOrder }: ControllerDeps): Promise<void> {
  try {
    const left = deletionOrder.check(kustomization, { patienceMs: patienceMs(kustomization) });
    if (left.length === 0) return;
    const message = `objects are deleted although what depends on them is still there: ${left.slice(0, SHOWN).join(', ')}`;
    ctx.event({ severity: 'error', reason: Reason.Progressing, message });
  } catch (error) {
    if (!(error instanceof Waiting) || !(await accounts.isLeaving(kustomization, ctx))) throw error;
  }
}

/** As long as a run may take, of an object that may break its schema. */
function patienceMs({ spec }: Kustomization): number {
  try {
    return timeoutMs(spec);
  } catch {
    return SHORTEST_TIMEOUT_MS;
  }
}

/** Deletes what was applied, as the deletion policy says, unless the Kustomization is suspended. Throws as long as something is left to do. */
export async function finalize(kustomization: Kustomization, ctx: ReconcileContext, controller: ControllerDeps): Promise<void> {
  const { status } = kustomization;
  const fate = fateOf(kustomization);
  const entries = status?.inventory?.entries ?? [];
  if (fate === 'keep' || entries.length === 0) return;
  await inTurn(kustomization, ctx, controller);
  // Nobody else may delete what a tenant has applied, and nobody will be able to: the Kustomization must not stay for that.
  if (!(await controller.accounts.exists(kustomization, ctx))) {
    const left = entries
      .map((entry) => parseEntry(entry))
      .flatMap((reference) => (reference === undefined ? [] : [renderReference(reference)]));
    const message = `unable to prune objects: \n${left.join('\n')}`;
    ctx.event({ severity: 'error', reason: Reason.PruneFailed, message });
    // A namespace that goes takes no events.
    ctx.log.error(message, new Error('whoever has applied them is gone'));
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
  const { lastAppliedRevision: revision, lastAppliedOriginRevision: originRevision } = status ?? {};
  const eventMetadata = { ...(revision === undefined ? {} : { revision }), ...(originRevision === undefined ? {} : { originRevision }) };
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
