import { type Clock, isRecord, type KubeObject, keyOf, type Resource, renderApiVersion, type Unstructured } from '@gotk/apimachinery';
import { ApiError, isForbidden, isNotFound, type KubeClient } from '@gotk/kube';
import type { DriftWatch } from './drift-watch.ts';
import { entryDigest } from './entry-digest.ts';
import { leaveIgnored } from './ignored/leave-ignored.ts';
import { isImmutableRefusal, mayBeImmutable } from './immutable.ts';
import { type ObjectReference, referenceTo } from './inventory.ts';
import type { Ledger } from './ledger.ts';
import type { LiveObjects } from './live-objects.ts';
import { takeOver } from './managed-fields/take-over.ts';
import { standingOf, type Takeover, type TakeoverOptions } from './managed-fields/takeover.ts';
import { isMerged, isReplaceable } from './object-policy.ts';
import { type Owner, type OwnerPolicy, renderOwner } from './owner.ts';
import type { Desired } from './plan.ts';
import { removeObject } from './remove-object.ts';
import { isAwaited } from './stages.ts';
import { untilReady } from './until-ready.ts';

export type Action = 'created' | 'configured' | 'unchanged';

export interface Change {
  readonly reference: ObjectReference;
  readonly action: Action;
  /** What the server remarked, such as that the version is deprecated. Fields that the kind does not have are no remark: it refuses them. */
  readonly warnings: readonly string[];
}

export interface ObjectApplierOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly driftWatch: DriftWatch;
  readonly policy: OwnerPolicy;
  /** What is taken from others; absent: nothing. */
  readonly takeover?: Takeover | undefined;
}

export interface ObjectOptions {
  readonly owner: Owner;
  readonly signal: AbortSignal;
  /** Objects with immutable fields that have to change are deleted and made anew (`spec.force`); each can ask for it by itself. */
  readonly force: boolean;
  /** What there was of an object when the set was looked at. */
  readonly liveOf: LiveObjects;
}

/** What the object's dry-run has told, if it had one. */
export interface Verdict {
  /** It has to make room for a new one. */
  readonly replace: boolean;
  /** Others hold what they are not to hold. */
  readonly unclean: boolean;
}

/** Applies one object, and remembers it. */
export interface ObjectApplier {
  /** Throws what the server says. */
  apply(desired: Desired, options: ObjectOptions & Verdict): Promise<Change>;
  /** Whether a refused object may be deleted and made anew: somebody has asked for it, and a new one would be taken. */
  mayReplace(desired: Desired, refusal: unknown, options: ObjectOptions): Promise<boolean>;
  /** Brings the record of who manages what to the version that is applied, where the refusal is about that; whether it did. */
  mend(desired: Desired, refusal: unknown, options: ObjectOptions): Promise<boolean>;
  /** Whether others hold what they are not to hold of an object that looks like this. */
  isUnclean(desired: Desired, live: KubeObject): boolean;
  /** Whether nobody knows what others hold of it, and to apply it before that is known could start what has to be stopped again. */
  isBlind(desired: Desired, liveOf: LiveObjects): boolean;
}

/** How the server words that an entry of an older version does not know a field. */
const UNDECLARED = 'field not declared in schema';

export function createObjectApplier({ client, clock, ledger, driftWatch, policy, takeover }: ObjectApplierOptions): ObjectApplier {
  const { fieldManager } = policy;

  const send = async (resource: Resource, desired: Desired, options: ObjectOptions) => {
    const { signal } = options;
    const ask = async () => {
      const object = await payloadOf(resource, desired, signal);
      return await client.apply<KubeObject>(resource as Resource<KubeObject>, object, {
        fieldManager,
        force: true,
        metadataOnly: true,
        signal,
      });
    };
    try {
      return await ask();
    } catch (error) {
      signal.throwIfAborted();
      if (!(await mend(desired, error, options))) throw error;
      return await ask();
    }
  };

  const payloadOf = async (resource: Resource, { object, ignored: fields }: Desired, signal: AbortSignal): Promise<Unstructured> => {
    if (fields.length === 0) return object;
    try {
      return leaveIgnored(object, await client.get(resource, keyOf(object), { signal }), { fields, fieldManager });
    } catch (error) {
      if (isNotFound(error)) return object;
      throw error;
    }
  };

  const optionsFor = ({ object, resource, ignored }: Desired, live: KubeObject): TakeoverOptions => ({
    ...(takeover ?? { managers: [], migrateApiVersion: false }),
    fieldManager,
    apiVersion: resource === undefined ? object.apiVersion : renderApiVersion(resource),
    ignored: ignored.map(({ path }) => path),
    merges: isMerged(object.metadata, policy) || isMerged(live.metadata, policy),
  });

  const isUnclean: ObjectApplier['isUnclean'] = (desired, live) =>
    takeover !== undefined && standingOf(live.metadata, optionsFor(desired, live)) !== 'clean';

  const clean = (resource: Resource, desired: Desired, signal: AbortSignal): Promise<boolean> =>
    takeOver(resource, desired.object, { client, signal, optionsFor: (live) => optionsFor(desired, live) });

  const mend: ObjectApplier['mend'] = async (desired, refusal, { signal }) => {
    const isAboutVersions = refusal instanceof ApiError && refusal.message.includes(UNDECLARED);
    if (takeover?.migrateApiVersion !== true || !isAboutVersions || desired.resource === undefined) return false;
    return await clean(desired.resource, desired, signal);
  };

  const mayReplace: ObjectApplier['mayReplace'] = async (desired, refusal, options) => {
    const { force, signal } = options;
    if (!mayBeImmutable(refusal)) return false;
    const asked = force || isReplaceable(desired.object.metadata, policy) || (await isLiveReplaceable(desired, options));
    return asked && (await isImmutableRefusal(refusal, desired, { client, fieldManager, signal }));
  };

  const isLiveReplaceable = async (desired: Desired, { liveOf, signal }: ObjectOptions): Promise<boolean> => {
    const { resource, object } = desired;
    if (resource === undefined) return false;
    try {
      const known = liveOf(desired);
      return isReplaceable((known ?? (await client.get(resource, keyOf(object), { signal, metadataOnly: true }))).metadata, policy);
    } catch (error) {
      if (isNotFound(error) || isForbidden(error)) return false;
      throw error;
    }
  };

  const sendOrReplace = async (resource: Resource, desired: Desired, options: ObjectOptions & Verdict) => {
    const { object } = desired;
    const { signal } = options;
    try {
      if (!options.replace) return await send(resource, desired, options);
    } catch (error) {
      signal.throwIfAborted();
      if (!(await mayReplace(desired, error, options))) throw error;
    }
    await removeObject(resource, object, { client, clock, signal });
    return await send(resource, desired, options);
  };

  /** What is not known before is seen in the answer, and put right by applying once more. */
  const sendCleanly = async (resource: Resource, desired: Desired, options: ObjectOptions & Verdict) => {
    const live = options.liveOf({ ...desired, resource });
    const isKnown =
      options.unclean || (live !== undefined && (live.standing === undefined ? isUnclean(desired, live) : live.standing !== 'clean'));
    if (takeover !== undefined && isKnown && !options.replace) await clean(resource, desired, options.signal);
    const sent = await sendOrReplace(resource, desired, options);
    if (sent.created || !isUnclean(desired, sent.object) || !(await clean(resource, desired, options.signal))) return sent;
    return { ...(await send(resource, desired, options)), created: false };
  };

  return {
    mayReplace,
    mend,
    isUnclean,
    isBlind: (desired, liveOf) => {
      const { spec } = desired.object;
      return takeover !== undefined && isRecord(spec) && spec.template !== undefined && liveOf(desired) === undefined;
    },
    async apply(desired, options) {
      const { owner, signal } = options;
      const reference = referenceTo(desired.object);
      const resource = desired.resource ?? (await client.mapper.resourceFor(reference, { signal }));
      const before = options.liveOf({ ...desired, resource })?.metadata.resourceVersion ?? ledger.get(desired.id)?.resourceVersion;
      // While the request is under way its own event must not pass for drift; without a record nothing does.
      ledger.delete(desired.id);
      const { object, created, warnings } = await sendCleanly(resource, desired, options);
      const { uid = '', resourceVersion = '' } = object.metadata;
      ledger.set(desired.id, {
        owner: renderOwner(owner),
        hash: desired.hash,
        uid,
        resourceVersion,
        entryDigest: entryDigest(
          object.metadata,
          fieldManager,
          desired.ignored.map(({ path }) => path),
        ),
        atMs: clock.monotonic(),
      });
      driftWatch.check(resource, reference);
      if (isAwaited(resource)) await untilReady(desired.object, { client, resource, clock, signal });
      return { reference, action: created ? 'created' : before === resourceVersion ? 'unchanged' : 'configured', warnings };
    },
  };
}
