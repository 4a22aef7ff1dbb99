import { createHash } from 'node:crypto';
import { type Clock, type KubeObject, keyOf, type Resource, renderJson, type Unstructured } from '@gotk/apimachinery';
import { isNotFound, type KubeClient, NoMatch } from '@gotk/kube';
import type { DriftWatch } from './drift-watch.ts';
import { entryDigest } from './entry-digest.ts';
import { ApplyFailed, explain, OwnershipConflict, type Refusal, SetRefused } from './errors.ts';
import { untilEstablished } from './established.ts';
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
import type { Ledger } from './ledger.ts';
import { type LiveObjects, liveObjects } from './live-objects.ts';
import { isLeftAlone, isOnlyCreated } from './object-policy.ts';
import { claimed, type Owner, type OwnerPolicy, ownerOf, renderOwner } from './owner.ts';
import { type Desired, type Plan, plan } from './plan.ts';
import { inApplyOrder, stageOf } from './stages.ts';
import { validate } from './validate.ts';
import type { Place } from './watched-kinds.ts';

export type Action = 'created' | 'configured' | 'unchanged';

export interface Change {
  readonly reference: ObjectReference;
  readonly action: Action;
  /** What the server remarked, such as that the version is deprecated. Fields that the kind does not have are no remark: it refuses them. */
  readonly warnings: readonly string[];
}

export interface ApplierOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly driftWatch: DriftWatch;
  readonly policy: OwnerPolicy;
  /** Requests at once within a stage (`--concurrent-ssa`). */
  readonly concurrency: number;
  /** A record is trusted for so long; then its object is applied again, whatever the watch says. */
  readonly verifyAfterMs: number;
}

export interface ApplyOptions {
  readonly owner: Owner;
  readonly signal: AbortSignal;
  /** The same set was validated and applied before, by another process. */
  readonly validated: boolean;
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
  /** Whatever happens to any of the objects from now on will be heard of. Where that is not so, only another `apply` tells. */
  readonly watched: boolean;
  /** The set, for health checks. */
  readonly objects: readonly {
    readonly resource: Resource;
    readonly reference: ObjectReference;
    /** It is as desired; else somebody has asked for it to be left alone. */
    readonly applied: boolean;
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

export function createApplier({ client, clock, ledger, driftWatch, policy, concurrency, verifyAfterMs }: ApplierOptions): Applier {
  const { fieldManager } = policy;

  const resolve = async (object: Unstructured, signal: AbortSignal): Promise<Resource | undefined> => {
    try {
      return await client.mapper.resourceFor(referenceTo(object), { signal });
    } catch (error) {
      if (error instanceof NoMatch) return undefined;
      throw error;
    }
  };

  const describe = async (objects: readonly Unstructured[], { owner, signal }: ApplyOptions): Promise<readonly Desired[]> => {
    const desired: Desired[] = [];
    const homeless: Refusal[] = [];
    for (const object of objects) {
      const resource = await resolve(object, signal);
      if (resource?.namespaced === true && (object.metadata.namespace ?? '') === '') {
        homeless.push({ object: referenceTo(object), message: NO_NAMESPACE });
        continue;
      }
      // A namespace on a cluster-scoped object means nothing to the server, and would make two ids of one object.
      const placed = claimed(resource?.namespaced === false ? withoutNamespace(object) : object, owner, policy);
      desired.push({
        id: idOf(referenceTo(placed)),
        object: placed,
        hash: createHash('sha256').update(renderJson(placed)).digest('base64url'),
        resource,
      });
    }
    if (homeless.length > 0) throw new SetRefused(homeless);
    return inApplyOrder(desired, ({ object }) => referenceTo(object));
  };

  /** Without what the live object, or the mere existence of one, says is not to be touched. */
  const withoutLeftAlone = async (desired: readonly Desired[], liveOf: LiveObjects, signal: AbortSignal): Promise<readonly Desired[]> => {
    const wanted: Desired[] = [];
    for (const it of desired) {
      const live = liveOf(it);
      if (live !== undefined && isLeftAlone(live.metadata, policy)) continue;
      if (isOnlyCreated(it.object.metadata, policy) && (live !== undefined || (await exists(it, signal)))) continue;
      wanted.push(it);
    }
    return wanted;
  };

  const exists = async ({ resource, object }: Desired, signal: AbortSignal): Promise<boolean> => {
    if (resource === undefined) return false;
    try {
      await client.get(resource, keyOf(object), { signal, metadataOnly: true });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  };

  const refuseForeign = (desired: readonly Desired[], liveOf: LiveObjects, { owner, isWantedBy }: ApplyOptions): void => {
    for (const it of desired) {
      const { id, object } = it;
      const live = liveOf(it);
      const found = live === undefined ? undefined : ownerOf(live.metadata, policy);
      const holder = found === undefined ? undefined : renderOwner(found);
      if (holder === undefined || holder === renderOwner(owner) || !isWantedBy(holder, id)) continue;
      throw new OwnershipConflict(`${renderReference(referenceTo(object))} is already managed by ${holder}: remove it from one of the two`);
    }
  };

  const applyOne = async (it: Desired, { owner, signal, liveOf }: WriteOptions): Promise<Change> => {
    const reference = referenceTo(it.object);
    const resource = it.resource ?? (await client.mapper.resourceFor(reference, { signal }));
    const before = liveOf({ ...it, resource })?.metadata.resourceVersion ?? ledger.get(it.id)?.resourceVersion;
    // While the request is under way its own event must not pass for drift; without a record nothing does.
    ledger.delete(it.id);
    const { object, created, warnings } = await client.apply<KubeObject>(resource as Resource<KubeObject>, it.object, {
      fieldManager,
      force: true,
      metadataOnly: true,
      signal,
    });
    const { uid = '', resourceVersion = '' } = object.metadata;
    ledger.set(it.id, {
      owner: renderOwner(owner),
      hash: it.hash,
      uid,
      resourceVersion,
      entryDigest: entryDigest(object.metadata, fieldManager),
      atMs: clock.monotonic(),
    });
    driftWatch.check(resource, reference);
    if (resource.kind === 'CustomResourceDefinition') await untilEstablished(it.object, { client, resource, clock, signal });
    return { reference, action: created ? 'created' : before === resourceVersion ? 'unchanged' : 'configured', warnings };
  };

  const write = async (planned: Plan, deferred: readonly Desired[], options: WriteOptions): Promise<readonly Change[]> => {
    const changes: Change[] = [];
    const applyOrExplain = async (it: Desired) => {
      try {
        changes.push(await applyOne(it, options));
      } catch (error) {
        options.signal.throwIfAborted();
        if (error instanceof ApplyFailed) throw error;
        const reference = referenceTo(it.object);
        throw new ApplyFailed(`${renderReference(reference)} ${explain(error, reference)}`, { cause: error });
      }
    };
    const [first, ...rest] = planned.apply;
    if (first !== undefined) await applyOrExplain(first);
    for (const stage of [0, 1, 2] as const) {
      const members = rest.filter(({ object }) => stageOf(referenceTo(object)) === stage);
      const unjudged = await Promise.all(
        members.filter((it) => deferred.includes(it)).map(async (it) => ({ ...it, resource: await resolve(it.object, options.signal) })),
      );
      if (unjudged.length > 0)
        await validate(unjudged, { client, fieldManager, concurrency, signal: options.signal, comesWithSet: () => false });
      await inPool(members, concurrency, applyOrExplain);
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
      driftWatch.follow(renderOwner(owner), placesOf(desired));
      await driftWatch.settle(renderOwner(owner), { timeoutMs: SETTLE_MS, signal });
      const liveOf = await liveObjects(desired, { client, driftWatch, concurrency, signal });
      const wanted = await withoutLeftAlone(desired, liveOf, signal);
      refuseForeign(wanted, liveOf, options);

      const planned = plan(wanted, ledger, {
        isWatched: (it) => placesOf([it]).some(driftWatch.isWatched),
        verifyBeforeMs: clock.monotonic() - verifyAfterMs,
        validated: options.validated,
      });
      const deferred = await validate(planned.validate, { client, fieldManager, concurrency, signal, comesWithSet: comesWith(desired) });
      if (planned.apply.length > 0) await options.beforeWrite(entries);
      const changes = await write(planned, deferred, { ...options, liveOf });
      const resolved = deferred.length > 0 ? await resolveAll(desired, signal) : desired;
      if (deferred.length > 0) driftWatch.follow(renderOwner(owner), placesOf(resolved));
      return {
        entries,
        changes,
        watched: placesOf(resolved).every(driftWatch.isWatched),
        objects: await Promise.all(
          desired.map(async (it) => {
            const reference = referenceTo(it.object);
            const resource = it.resource ?? (await client.mapper.resourceFor(reference, { signal }));
            return { resource, reference, applied: wanted.includes(it) };
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
