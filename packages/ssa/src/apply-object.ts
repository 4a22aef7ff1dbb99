import { type Clock, isRecord, type KubeObject, keyOf, type Resource, renderApiVersion, type Unstructured } from '@gotk/apimachinery';
import { ApiError, isConflict, isForbidden, isNotFound, type KubeClient, NoMatch } from '@gotk/kube';
import { type Drift, driftBetween } from './drift-found.ts';
import type { DriftWatch } from './drift-watch.ts';
import { entryDigest } from './entry-digest.ts';
import { remarks } from './errors.ts';
import { leaveIgnored } from './ignored/leave-ignored.ts';
import { isImmutableRefusal, mayBeImmutable } from './immutable.ts';
import { type ObjectReference, referenceTo } from './inventory.ts';
import type { Ledger } from './ledger.ts';
import type { LiveObjects } from './live-objects.ts';
import { compare } from './look.ts';
import { takeOver } from './managed-fields/take-over.ts';
import type { TakenOptions } from './managed-fields/taken-fields.ts';
import { isTaken, REQUESTS, standingOf, type Takeover, type TakeoverOptions } from './managed-fields/takeover.ts';
import type { Move } from './moves.ts';
import { isMerged, isReplaceable } from './object-policy.ts';
import { type Owner, type OwnerPolicy, renderOwner } from './owner.ts';
import type { Desired } from './plan.ts';
import { removeObject } from './remove-object.ts';
import { isAwaited } from './stages.ts';
import { createUndeclaredFields, UNDECLARED } from './typed/undeclared-fields.ts';
import { untilReady } from './until-ready.ts';

export type Action = 'created' | 'configured' | 'unchanged';

export interface Change {
  readonly reference: ObjectReference;
  readonly action: Action;
  /** What the server remarked, such as that the version is deprecated. */
  readonly warnings: readonly string[];
  /** The paths of fields that it was applied without, because the server does not know them. */
  readonly leftOut: readonly string[];
  /** How it had moved away from what was applied before, where that is why it was applied; absent when it was to become something else. */
  readonly drift?: Drift;
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
  /**
   * How an object has moved away from what was applied, by a dry-run; undefined when it has not. Nothing of it is changed, but that we say again that it is ours
   * where it is as it should be. Throws what the server says.
   */
  look(desired: Desired, options: ObjectOptions): Promise<Drift | undefined>;
  /** Whether a refused object may be deleted and made anew: somebody has asked for it, and a new one would be taken. */
  mayReplace(desired: Desired, refusal: unknown, options: ObjectOptions): Promise<boolean>;
  /** What there would be of an object if it were applied, by a dry-run: its metadata. Throws what the server says, and `NoMatch` for a kind that it does not serve. */
  outlook(desired: Desired, options: ObjectOptions): Promise<KubeObject>;
  /** Whether others hold what they are not to hold of an object that looks like this. */
  isUnclean(desired: Desired, live: KubeObject): boolean;
  /** Whether nobody knows what others hold of it, and to apply it before that is known could start what has to be stopped again. */
  isBlind(desired: Desired, liveOf: LiveObjects): boolean;
}

interface Payload {
  readonly object: Unstructured;
  /** The only version of the live object that it may be sent to; undefined: whichever there is, and none. */
  readonly seen: { readonly uid: string; readonly resourceVersion: string } | undefined;
}

/** Somebody would have to write to an object so often in a row, each time between a read and a write of ours. */
const ATTEMPTS = 5;

export function createObjectApplier({ client, clock, ledger, driftWatch, policy, takeover }: ObjectApplierOptions): ObjectApplier {
  const { fieldManager } = policy;
  const undeclared = createUndeclaredFields(clock);
  const known = (object: Unstructured): Unstructured => undeclared.without(object).object;

  /** Asks; where something can be done about a refusal, once more. */
  const persist = async <T>(desired: Desired, options: ObjectOptions, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask();
    } catch (error) {
      options.signal.throwIfAborted();
      if (!(await mend(desired, error, options))) throw error;
      return await ask();
    }
  };

  const send = (resource: Resource, desired: Desired, options: ObjectOptions) =>
    persist(desired, options, async () => {
      const { signal } = options;
      const asked = { fieldManager, force: true, metadataOnly: true, signal };
      for (let attempt = 1; ; attempt++) {
        const { object, seen } = await payloadOf(resource, desired, signal);
        const payload = { ...object, metadata: { ...object.metadata, ...seen } };
        try {
          return await client.apply<KubeObject>(resource as Resource<KubeObject>, payload, asked);
        } catch (error) {
          if (seen === undefined || !isConflict(error) || attempt === ATTEMPTS) throw error;
        }
      }
    });

  /**
   * What to send. Fields that are others' to change are as they were seen in a version of an object, which is told: to send them to a later one would be to take
   * back what somebody has written meanwhile.
   */
  const payloadOf = async (resource: Resource, { object: wanted, ignored: fields }: Desired, signal: AbortSignal): Promise<Payload> => {
    const object = known(wanted);
    if (fields.length === 0) return { object, seen: undefined };
    try {
      const live = await client.get(resource, keyOf(object), { signal });
      const { uid = '', resourceVersion = '' } = live.metadata;
      return { object: leaveIgnored(object, live, { fields, fieldManager }), seen: { uid, resourceVersion } };
    } catch (error) {
      if (isNotFound(error)) return { object, seen: undefined };
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

  /**
   * Does what can be done about a refusal, and says whether it was anything: fields that the server does not know are left out from now on; the record of who
   * manages what is brought to the version that is applied.
   */
  const mend = async (desired: Desired, refusal: unknown, { signal }: ObjectOptions): Promise<boolean> => {
    if (undeclared.learn(desired.object, refusal)) return true;
    const isAboutVersions = refusal instanceof ApiError && refusal.message.includes(UNDECLARED);
    if (takeover?.migrateApiVersion !== true || !isAboutVersions || desired.resource === undefined) return false;
    return await clean(desired.resource, desired, signal);
  };

  const mayReplace: ObjectApplier['mayReplace'] = async (desired, refusal, options) => {
    const { force, signal } = options;
    if (!mayBeImmutable(refusal)) return false;
    const asked = force || isReplaceable(desired.object.metadata, policy) || (await isLiveReplaceable(desired, options));
    return asked && (await isImmutableRefusal(refusal, { ...desired, object: known(desired.object) }, { client, fieldManager, signal }));
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

  const takenOptionsFor = (desired: Desired, live: KubeObject): TakenOptions => {
    const options = optionsFor(desired, live);
    const ignored = [...REQUESTS, ...options.ignored];
    return { fieldManager, ignored, isUnwelcome: (entry) => !options.merges && isTaken(entry, options) };
  };

  /** How an object was last seen that was applied as it is to be, and is no longer so; undefined for one that is to become something else. */
  const moveOf = (desired: Desired, { liveOf }: ObjectOptions): Move | undefined => {
    const { id, hash, ignored } = desired;
    const noted = driftWatch.takeMove(id);
    if (ledger.lost(id)?.hash === hash) return noted ?? { kind: 'changed', managedFields: undefined };
    const record = ledger.get(id);
    const live = liveOf(desired)?.metadata;
    // Where nothing is watched, the look before it was applied tells.
    if (record?.hash !== hash || live?.managedFields === undefined) return undefined;
    const paths = ignored.map(({ path }) => path);
    const hasMoved = entryDigest(live, fieldManager, paths) !== record.entryDigest;
    return hasMoved ? { kind: 'changed', managedFields: live.managedFields } : undefined;
  };

  const note = ({ id, hash, ignored }: Desired, { metadata }: KubeObject, owner: Owner): void => {
    const { uid = '', resourceVersion = '' } = metadata;
    const paths = ignored.map(({ path }) => path);
    const digest = entryDigest(metadata, fieldManager, paths);
    ledger.set(id, { owner: renderOwner(owner), hash, uid, resourceVersion, entryDigest: digest, atMs: clock.monotonic() });
  };

  const outlook: ObjectApplier['outlook'] = async (desired, options) => {
    const { object, resource } = desired;
    const { signal } = options;
    if (resource === undefined) throw new NoMatch(referenceTo(object));
    return await persist(desired, options, async () => {
      const asked = { fieldManager, force: true, dryRun: true, metadataOnly: true, signal };
      return (await client.apply<KubeObject>(resource as Resource<KubeObject>, known(object), asked)).object;
    });
  };

  return {
    mayReplace,
    outlook,
    async look(desired, options) {
      const { resource } = desired;
      const found =
        resource === undefined
          ? undefined
          : await persist(desired, options, async () => {
              const { signal } = options;
              const { object } = await payloadOf(resource, desired, signal);
              return await compare(resource, object, { client, fieldManager, signal });
            });
      if (resource === undefined || found === undefined) return { kind: 'deleted' };
      const { live, outlook, isSame } = found;
      const clean = !isUnclean(desired, live);
      if (!isSame || !clean) return driftBetween(live.metadata.managedFields, outlook, takenOptionsFor(desired, live));
      driftWatch.takeMove(desired.id);
      const isOurs = entryDigest(live.metadata, fieldManager) === entryDigest(outlook.metadata, fieldManager);
      note(desired, isOurs ? live : (await send(resource, desired, options)).object, options.owner);
      driftWatch.check(resource, referenceTo(desired.object));
      return undefined;
    },
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
      const move = moveOf({ ...desired, resource }, options);
      // While the request is under way its own event must not pass for drift; without a record nothing does.
      ledger.delete(desired.id);
      const { object, created, warnings } = await sendCleanly(resource, desired, options);
      const { resourceVersion } = object.metadata;
      note(desired, object, owner);
      driftWatch.check(resource, reference);
      if (isAwaited(resource)) await untilReady(desired.object, { client, resource, clock, signal });
      const action = created ? 'created' : before === resourceVersion ? 'unchanged' : 'configured';
      const { leftOut } = undeclared.without(desired.object);
      const change = { reference, action, warnings: remarks(warnings, reference), leftOut } as const;
      if (move === undefined || action === 'unchanged') return change;
      return {
        ...change,
        drift: created ? { kind: 'deleted' } : driftBetween(move.managedFields, object, takenOptionsFor(desired, object)),
      };
    },
  };
}
