import { createHash } from 'node:crypto';
import { DeadlineExceeded, type Resource, renderJson, type Unstructured } from '@gotk/apimachinery';
import { NoMatch } from '@gotk/kube';
import { type Change, createObjectApplier, type ObjectApplierOptions, type ObjectOptions } from './apply-object.ts';
import type { DriftedObject } from './drift-found.ts';
import { ApplyFailed, explain, OwnershipConflict, type Refusal, SetRefused } from './errors.ts';
import { expires } from './expiring-jobs.ts';
import { ignoredField } from './ignored/ignored-field.ts';
import { inPool } from './in-pool.ts';
import {
  assertStorable,
  type InventoryEntry,
  idOf,
  type ObjectReference,
  referenceTo,
  renderEntry,
  renderReference,
  union,
} from './inventory.ts';
import { isOnRecord, type Known } from './ledger.ts';
import { type LiveObjects, liveObjects } from './live-objects.ts';
import { isLeftAlone, isReported } from './object-policy.ts';
import { claimed, ownerOf, renderOwner } from './owner.ts';
import { type Desired, type Plan, plan } from './plan.ts';
import { reportDrift } from './report-drift.ts';
import { groupKinds, inApplyOrder, STAGES, type StageKinds, stageOf } from './stages.ts';
import { withoutBrokenCaBundle } from './typed/ca-bundle.ts';
import { typedForm } from './typed/typed-form.ts';
import { type Validation, validate } from './validate.ts';
import { wantedOf } from './wanted.ts';
import type { Place } from './watched-kinds.ts';

export interface ApplierOptions extends ObjectApplierOptions {
  /** Requests at once within a stage (`--concurrent-ssa`). */
  readonly concurrency: number;
  /** Kinds that are applied before the rest, in a stage of their own. */
  readonly stageKinds?: StageKinds | undefined;
  /** A record is trusted for so long; then its object is applied again, whatever the watch says. */
  readonly verifyAfterMs: number;
}

export interface ApplyOptions extends Omit<ObjectOptions, 'liveOf'> {
  /** The same set was validated and applied before, by another process. */
  readonly validated: boolean;
  /** What the set is made from, such as the digest of what was built. A Job that deletes itself runs once for each. */
  readonly edition: string;
  /** Whether an earlier process has applied an object of this edition. */
  readonly wasApplied: (id: string) => boolean;
  /** Jobs that have ended and deleted themselves run once more: somebody has asked for it. */
  readonly runAgain: boolean;
  /** The parsed JSON pointers of an object's fields that are others' to change. */
  readonly ignoredPointers: (object: Unstructured) => readonly (readonly string[])[];
  /** Objects that have moved are told of, and left as they are until the edition is another one; else they are put right. */
  readonly reportDrift: boolean;
  /** Whether another owner still wants an object that carries its labels. */
  readonly isWantedBy: (owner: string, id: string) => boolean;
  /** Called after validation and before anything is written, with the entries of the whole set: whoever is asked to apply must not lose track. */
  readonly beforeWrite: (entries: readonly InventoryEntry[]) => Promise<void>;
}

type WriteOptions = ApplyOptions & { readonly liveOf: LiveObjects };

export interface ApplyReport {
  readonly entries: readonly InventoryEntry[];
  /** What was applied, in the order of application; what needed nothing is not in it. */
  readonly changes: readonly Change[];
  /** What has moved, and was left as it is because somebody asked for that. */
  readonly drifted: readonly DriftedObject[];
  /** Whatever happens to any of the objects from now on will be heard of. Where that is not so, only another `apply` tells. */
  readonly watched: boolean;
  /** The set, for health checks. */
  readonly objects: readonly {
    readonly resource: Resource;
    readonly reference: ObjectReference;
    /** It is as desired; else somebody has asked for it to be left alone, it has moved and is only told of, or it is a Job that has ended and deleted itself. */
    readonly applied: boolean;
    /** It is a Job that deletes itself once it has ended. */
    readonly expires: boolean;
  }[];
}

/** Applies sets of objects, and remembers them. */
export interface Applier {
  /**
   * Makes the cluster equal to the set: what has not moved since the last time costs nothing.
   *
   * Throws `SetRefused` or `OwnershipConflict` with nothing changed; `ApplyFailed` when an object was refused after others had been applied; the signal's
   * reason on abort.
   */
  apply(objects: readonly Unstructured[], options: ApplyOptions): Promise<ApplyReport>;
}

const SETTLE_MS = 5_000;
const NO_NAMESPACE = 'invalid: the object has no namespace and its kind needs one';

export function createApplier({
  client,
  clock,
  ledger,
  driftWatch,
  policy,
  takeover,
  concurrency,
  verifyAfterMs,
  stageKinds = groupKinds([]),
}: ApplierOptions): Applier {
  const objectApplier = createObjectApplier({ client, clock, ledger, driftWatch, policy, takeover });

  const resolve = async (object: Unstructured, signal: AbortSignal): Promise<Resource | undefined> => {
    try {
      return await client.mapper.resourceFor(referenceTo(object), { signal });
    } catch (error) {
      if (error instanceof NoMatch) return undefined;
      throw error;
    }
  };

  const describe = async (
    objects: readonly Unstructured[],
    { owner, signal, ignoredPointers }: ApplyOptions,
  ): Promise<readonly Desired[]> => {
    const desired: Desired[] = [];
    const homeless: Refusal[] = [];
    for (const object of objects) {
      const resource = await resolve(object, signal);
      if (resource?.namespaced === true && (object.metadata.namespace ?? '') === '') {
        homeless.push({ object: referenceTo(object), message: NO_NAMESPACE });
        continue;
      }
      // A namespace on a cluster-scoped object means nothing to the server, and would make two ids of one object.
      const shaped = withoutBrokenCaBundle(typedForm(object));
      const placed = claimed(resource?.namespaced === false ? withoutNamespace(shaped) : shaped, owner, policy);
      const ignored = ignoredPointers(placed).flatMap((tokens) => ignoredField(placed, tokens) ?? []);
      const rules = ignored.length === 0 ? '' : renderJson(ignored.map(({ tokens }) => tokens));
      desired.push({
        id: idOf(referenceTo(placed)),
        object: placed,
        hash: createHash('sha256').update(renderJson(placed)).update(rules).digest('base64url'),
        resource,
        ignored,
      });
    }
    if (homeless.length > 0) throw new SetRefused(homeless);
    return inApplyOrder(desired, ({ object }) => referenceTo(object), stageKinds);
  };

  const isWatched = (it: Desired): boolean => placesOf([it]).some(driftWatch.isWatched);

  /** Tells of what has moved where that is all that is asked for. What was never applied as it is to be cannot have moved. */
  const withoutMoved = async (
    desired: readonly Desired[],
    options: WriteOptions & { readonly known: Known; readonly verifyBeforeMs: number },
  ): Promise<{ readonly moved: readonly DriftedObject[]; readonly rest: readonly Desired[]; readonly leftSo: ReadonlySet<Desired> }> => {
    const { owner, known, liveOf, verifyBeforeMs, signal } = options;
    const isLeftSo = (it: Desired): boolean => {
      const live = liveOf(it);
      const asked = options.reportDrift || isReported(it.object, policy) || (live !== undefined && isReported(live, policy));
      if (!asked || known === 'another edition') return false;
      if (known === 'nothing' && ledger.get(it.id) === undefined) return options.wasApplied(it.id);
      return (ledger.get(it.id) ?? ledger.lost(it.id))?.hash === it.hash;
    };
    const leftSo = new Set(desired.filter(isLeftSo));
    const moved = await reportDrift([...leftSo], {
      owner: renderOwner(owner),
      ledger,
      concurrency,
      isKept: (it) => (ledger.get(it.id)?.atMs ?? Number.NEGATIVE_INFINITY) >= verifyBeforeMs && isWatched(it),
      look: (it) => lookOrExplain(it, options, signal),
    });
    const ids = new Set(moved.map(({ reference }) => idOf(reference)));
    return { moved, rest: desired.filter(({ id }) => !ids.has(id)), leftSo };
  };

  const lookOrExplain = async (it: Desired, options: WriteOptions, signal: AbortSignal) => {
    try {
      return await objectApplier.look(it, options);
    } catch (error) {
      signal.throwIfAborted();
      const object = referenceTo(it.object);
      throw new SetRefused([{ object, message: explain(error, object, 'dry-run') }]);
    }
  };

  const refuseForeign = (desired: readonly Desired[], liveOf: LiveObjects, { owner, isWantedBy }: ApplyOptions): void => {
    for (const it of desired) {
      const { id, object } = it;
      const live = liveOf(it);
      // Whoever has deleted it has given it up, and may have to list it until it is gone.
      const isHeld = live !== undefined && live.metadata.deletionTimestamp === undefined;
      const found = isHeld ? ownerOf(live.metadata, policy) : undefined;
      const holder = found === undefined ? undefined : renderOwner(found);
      if (holder === undefined || holder === renderOwner(owner) || !isWantedBy(holder, id)) continue;
      throw new OwnershipConflict(`${renderReference(referenceTo(object))} is already managed by ${holder}: remove it from one of the two`);
    }
  };

  const judge = (desired: readonly Desired[], options: WriteOptions, comesWithSet: ReturnType<typeof comesWith>): Promise<Validation> =>
    validate(desired, {
      concurrency,
      signal: options.signal,
      comesWithSet,
      mayReplace: (it, refusal) => objectApplier.mayReplace(it, refusal, options),
      outlook: (it) => objectApplier.outlook(it, options),
      isUnclean: objectApplier.isUnclean,
    });

  const write = async (planned: Plan, validation: Validation, options: WriteOptions): Promise<readonly Change[]> => {
    const changes: Change[] = [];
    const applyOrExplain = async (it: Desired, { replace, unclean }: Validation): Promise<Change> => {
      try {
        return await objectApplier.apply(it, { ...options, replace: replace.has(it.id), unclean: unclean.has(it.id) });
      } catch (error) {
        if (error instanceof ApplyFailed) throw error;
        const reference = referenceTo(it.object);
        if (options.signal.aborted) throw overdue(options.signal.reason, reference);
        throw new ApplyFailed(`${renderReference(reference)} ${explain(error, reference, 'apply')}`, { cause: error });
      }
    };
    const [first, ...rest] = planned.apply;
    if (first !== undefined) changes.push(await applyOrExplain(first, validation));
    for (const stage of STAGES) {
      const members = rest.filter(({ object }) => stageOf(referenceTo(object), stageKinds) === stage);
      const unjudged = await Promise.all(
        members
          .filter((it) => validation.later.includes(it))
          .map(async (it) => ({ ...it, resource: await resolve(it.object, options.signal) })),
      );
      const judged = unjudged.length === 0 ? validation : await judge(unjudged, options, () => false);
      const verdicts = {
        later: [],
        replace: validation.replace.union(judged.replace),
        unclean: validation.unclean.union(judged.unclean),
      };
      changes.push(...(await inPool(members, concurrency, (it) => applyOrExplain(it, verdicts))));
    }
    return changes;
  };

  return {
    async apply(objects, options) {
      const { signal, owner } = options;
      const { true: disabled = [], false: enabled = [] } = Object.groupBy(objects, ({ metadata }) =>
        isLeftAlone(metadata, policy) ? 'true' : 'false',
      );
      const desired = await describe(enabled, options);
      const entries = union(
        disabled.map((object) => renderEntry(referenceTo(object))),
        desired.map(({ object }) => renderEntry(referenceTo(object))),
      );
      assertStorable(entries);
      // Whoever was deleted meanwhile follows nothing any more.
      signal.throwIfAborted();
      driftWatch.ignore(renderOwner(owner), ignoredPaths(desired));
      driftWatch.follow(renderOwner(owner), placesOf(desired));
      await driftWatch.settle(renderOwner(owner), { timeoutMs: SETTLE_MS, signal });
      const liveOf = await liveObjects(desired, { client, driftWatch, concurrency, signal });
      const known = ledger.enter(renderOwner(owner), options.edition);
      const wasApplied = (id: string) => known === 'nothing' && options.wasApplied(id);
      const { runAgain } = options;
      const wanted = await wantedOf(desired, {
        client,
        policy,
        ledger,
        owner: renderOwner(owner),
        liveOf,
        isWatched,
        wasApplied,
        runAgain,
        signal,
      });
      refuseForeign(wanted, liveOf, options);
      const writing = { ...options, liveOf };
      const verifyBeforeMs = clock.monotonic() - verifyAfterMs;
      const { moved, rest, leftSo } = await withoutMoved(wanted, { ...writing, known, verifyBeforeMs });
      // What has moved since it was found not to have is left so as well: the owner has been told, and looks again.
      const isOurs = (it: Desired) => !leftSo.has(it) || isOnRecord(ledger, it.id);

      const planned = plan(rest.filter(isOurs), ledger, {
        isBlind: (it) => objectApplier.isBlind(it, liveOf),
        isWatched,
        verifyBeforeMs,
        validated: options.validated,
      });
      const validation = await judge(planned.validate, writing, comesWith(desired));
      if (planned.apply.length > 0) await options.beforeWrite(entries);
      const changes = await write(planned, validation, writing);
      const resolved = validation.later.length > 0 ? await resolveAll(desired, signal) : desired;
      signal.throwIfAborted();
      if (validation.later.length > 0) driftWatch.follow(renderOwner(owner), placesOf(resolved));
      return {
        entries,
        changes,
        drifted: moved,
        watched: placesOf(resolved).every(driftWatch.isWatched),
        objects: await Promise.all(
          desired.map(async (it) => {
            const reference = referenceTo(it.object);
            const resource = it.resource ?? (await client.mapper.resourceFor(reference, { signal }));
            return { resource, reference, applied: rest.includes(it), expires: expires(it.object) };
          }),
        ),
      };
    },
  };

  function resolveAll(desired: readonly Desired[], signal: AbortSignal): Promise<readonly Desired[]> {
    return Promise.all(desired.map(async (it) => ({ ...it, resource: it.resource ?? (await resolve(it.object, signal)) })));
  }
}

const placesOf = (desired: readonly Desired[]): readonly Place[] =>
  desired.flatMap(({ object, resource }) => (resource === undefined ? [] : [{ resource, namespace: object.metadata.namespace ?? '' }]));

const ignoredPaths = (desired: readonly Desired[]) =>
  new Map(desired.flatMap(({ id, ignored }) => (ignored.length === 0 ? [] : [[id, ignored.map(({ path }) => path)] as const])));

/** Time that ran out is told with what it was spent on. */
function overdue(reason: unknown, reference: ObjectReference): unknown {
  return reason instanceof DeadlineExceeded
    ? new ApplyFailed(`${renderReference(reference)} apply failed: ${reason.message}`, { cause: reason })
    : reason;
}

function withoutNamespace(object: Unstructured): Unstructured {
  const { namespace: _namespace, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Whether a set brings the namespace of an object, or the CRD of its kind. */
function comesWith(desired: readonly Desired[]): (reference: ObjectReference, missing: 'namespace' | 'kind') => boolean {
  const namespaces = new Set(
    desired.filter(({ object }) => object.kind === 'Namespace' && object.apiVersion === 'v1').map(({ object }) => object.metadata.name),
  );
  const kinds = new Set(
    desired
      .filter(({ object }) => object.kind === 'CustomResourceDefinition')
      .map(({ object }) => object.spec as { group?: string; names?: { kind?: string } } | undefined)
      .map((spec) => `${spec?.group}/${spec?.names?.kind}`),
  );
  return ({ namespace, group, kind }, missing) => (missing === 'namespace' ? namespaces.has(namespace) : kinds.has(`${group}/${kind}`));
}
