import { type Clock, type KubeObject, latest, type Resource, type Unstructured } from '@gotk/apimachinery';
import type { Delta, InformerSet } from '@gotk/kube';
import { hasDrifted, type Seen } from './drift.ts';
import { entryDigest } from './entry-digest.ts';
import { endOf } from './expiring-jobs.ts';
import { type InventoryEntry, idOf, type ObjectReference, parseEntry, referenceTo } from './inventory.ts';
import type { JobEnd, Ledger, LedgerRecord } from './ledger.ts';
import type { FieldPath } from './managed-fields/field-set.ts';
import { type Standing, standingOf, type Takeover } from './managed-fields/takeover.ts';
import { createMoves, type Move } from './moves.ts';
import { isMerged } from './object-policy.ts';
import { nameLabel, type OwnerPolicy, ownerOf, renderOwner } from './owner.ts';
import type { WatchBudget } from './watch-budget.ts';
import { createWatchedKinds, type Place } from './watched-kinds.ts';

/** An applied object, stripped to what drift is told by. */
interface Tracked extends KubeObject {
  readonly entryDigest: string;
  readonly standing: Standing;
  /** The manager other than us that has written last. */
  readonly lastManager: string | undefined;
  /** Of a Job that deletes itself. */
  readonly end: JobEnd | undefined;
}

/** Why an owner should look at its objects. */
export interface DriftNotice {
  /** `namespace/name`. */
  readonly owner: string;
  /** Absent: some of its kinds may not be watched any more, and nobody knows what becomes of its objects. */
  readonly object?: ObjectReference;
  /** Who has written last, as far as managers tell; undefined when nobody but us did, and of an object that is gone. */
  readonly by?: string;
  /** It is a Job that has failed and deleted itself, as it was told to: to run it again at once could go on for ever. */
  readonly canWait?: true;
}

/**
 * Watches what was applied, by metadata alone and only on the kinds that somebody has applied, and tells the owner when an object has moved: changed,
 * deleted, relabelled. No request is made while nothing happens.
 */
export interface DriftWatch extends Disposable {
  /** There are an owner's objects from now on; where nobody has any, nothing is watched any longer. */
  follow(owner: string, places: readonly Place[]): void;
  /** These fields of an owner's objects, by id, are anybody's to change from now on. */
  ignore(owner: string, fields: ReadonlyMap<string, readonly FieldPath[]>): void;
  unfollow(owner: string): void;
  /** Resolves when all that is to be known of an owner's kinds is known, or after `timeoutMs`. What may not be watched is not waited for. */
  settle(owner: string, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<void>;
  /** False for what may not be watched, or is not known yet: whoever applied something there has to look for itself. */
  isWatched(place: Place): boolean;
  /** Name, uid, version, owner labels and opt-outs of the live object, as far as the cache knows. */
  readonly liveOf: (resource: Resource, reference: ObjectReference) => (KubeObject & { readonly standing: Standing }) | undefined;
  /** Hands over what was seen of an object as it moved, to whoever is about to put it right. */
  takeMove(id: string): Move | undefined;
  /** Notes what has just been applied; checks at once whether it was overtaken meanwhile. */
  check(resource: Resource, reference: ObjectReference): void;
  /** Tell the owner when this object has finally gone. */
  awaitDeletion(entry: InventoryEntry, owner: string): void;
  subscribe(listener: (notice: DriftNotice) => void): Disposable;
}

export interface DriftWatchOptions {
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly policy: OwnerPolicy;
  /** What is to be taken from others; default: nothing. */
  readonly takeover?: Takeover | undefined;
  /** Watch each namespace for itself, for those who may look at no more than that; default: the whole cluster at once. */
  readonly byNamespace?: boolean;
  /** Default: as many watches as there are kinds. */
  readonly budget?: WatchBudget;
}

/** More than are ever being applied at once. */
const MAX_DEPARTED = 1_000;

export function createDriftWatch({
  informers,
  clock,
  ledger,
  policy,
  takeover,
  byNamespace = false,
  budget,
}: DriftWatchOptions): DriftWatch {
  const lingering = new Map<string, string>();
  const ignored = new Map<string, ReadonlyMap<string, readonly FieldPath[]>>();
  /** Objects that left a watch and have not come back, by id; the latest. */
  const departed = latest<string, { readonly uid: string; readonly end: JobEnd | undefined; readonly told: boolean }>(MAX_DEPARTED);
  const moves = createMoves();
  const listeners = new Set<(notice: DriftNotice) => void>();

  const tell = (notice: DriftNotice) => {
    for (const listener of listeners) listener(notice);
  };
  const notify = (owner: string, object: ObjectReference, by?: string) => tell({ owner, object, ...(by === undefined ? {} : { by }) });
  const leave = (record: LedgerRecord, object: ObjectReference, end: JobEnd | undefined) => {
    const { owner } = record;
    const id = idOf(object);
    if (end === undefined) {
      ledger.lose(id, record);
      moves.note(id, { kind: 'deleted', managedFields: undefined });
    } else ledger.end(id, owner, end);
    if (end !== 'complete') tell({ owner, object, ...(end === 'failed' ? { canWait: true } : {}) });
  };
  const inspect = (resource: Resource, tracked: Tracked) => {
    const reference = referenceOf(resource, tracked);
    const id = idOf(reference);
    const record = ledger.get(id);
    if (record === undefined || !hasDrifted(record, seen(tracked))) return;
    ledger.lose(id, record);
    notify(record.owner, reference, tracked.lastManager);
  };
  const onDelta = (resource: Resource, delta: Delta<Tracked>) => {
    const reference = referenceOf(resource, delta.object);
    const id = idOf(reference);
    if (delta.kind !== 'deleted') {
      departed.delete(id);
      return inspect(resource, delta.object);
    }
    const waiting = lingering.get(id);
    lingering.delete(id);
    if (waiting !== undefined) notify(waiting, reference);
    const { end, metadata } = delta.object;
    const record = ledger.get(id);
    // An object of that name that we have applied since is another one.
    const told = record !== undefined && record.uid === metadata.uid;
    // Whoever is just applying or deleting it may hear of it later than we do.
    departed.set(id, { uid: metadata.uid ?? '', end, told });
    if (told) leave(record, reference, end);
  };

  const transform = (object: Unstructured): Tracked => {
    const tracked = stripped(object);
    const id = idOf(referenceTo(tracked));
    const record = ledger.get(id);
    // The only time that all of its metadata is at hand. What moves on before it is put right is told of as it is then.
    if (moves.has(id) || (record !== undefined && hasDrifted(record, seen(tracked))))
      moves.note(id, { kind: 'changed', managedFields: object.metadata.managedFields });
    return tracked;
  };
  const stripped = (object: Unstructured): Tracked => ({
    apiVersion: object.apiVersion,
    kind: object.kind,
    entryDigest: entryDigest(object.metadata, policy.fieldManager, ignoredOf(object)),
    standing: standing(object),
    lastManager: lastManager(object),
    end: endOf(object),
    metadata: {
      name: object.metadata.name,
      ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
      uid: object.metadata.uid ?? '',
      resourceVersion: object.metadata.resourceVersion ?? '',
      labels: ours(object.metadata.labels),
      annotations: ours(object.metadata.annotations),
      ...(object.metadata.deletionTimestamp === undefined ? {} : { deletionTimestamp: object.metadata.deletionTimestamp }),
    },
  });
  const ignoredOf = (object: KubeObject): readonly FieldPath[] => {
    const owner = ownerOf(object.metadata, policy);
    const fields = owner === undefined ? undefined : ignored.get(renderOwner(owner));
    return fields?.get(idOf(referenceTo(object))) ?? [];
  };
  const standing = (object: KubeObject): Standing =>
    takeover === undefined
      ? 'clean'
      : standingOf(object.metadata, {
          ...takeover,
          fieldManager: policy.fieldManager,
          apiVersion: object.apiVersion,
          ignored: ignoredOf(object),
          merges: isMerged(object.metadata, policy),
        });
  const lastManager = ({ metadata: { managedFields = [] } }: KubeObject): string | undefined =>
    managedFields
      .filter(
        ({ manager, operation, subresource }) => subresource !== 'status' && (manager !== policy.fieldManager || operation !== 'Apply'),
      )
      .reduce<(typeof managedFields)[number] | undefined>(
        (last, entry) => ((last?.time ?? '') > (entry.time ?? '') ? last : entry),
        undefined,
      )?.manager;
  /** Whose it is, and what it has opted out of; the rest is of no use here, and there are many objects. */
  const ours = (map: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(map).filter(([key]) => key.startsWith(`${policy.group}/`)));
  const seen = ({ metadata, entryDigest: digest, standing: stands }: Tracked): Seen => {
    const owner = ownerOf(metadata, policy);
    return {
      uid: metadata.uid ?? '',
      resourceVersion: metadata.resourceVersion ?? '0',
      entryDigest: digest,
      owner: owner === undefined ? '' : renderOwner(owner),
      unclean: stands === 'unclean',
    };
  };

  const kinds = createWatchedKinds<Tracked>({
    informers,
    clock,
    byNamespace,
    budget,
    question: { metadataOnly: true, labelSelector: nameLabel(policy), transform: (object) => transform(object as unknown as Unstructured) },
    onDelta,
    onLost: (owners) => {
      for (const owner of owners) tell({ owner });
    },
  });
  const liveOf = (resource: Resource, { namespace, name }: ObjectReference): Tracked | undefined =>
    kinds.find(resource, { namespace, name });

  return {
    follow: kinds.follow,
    ignore(owner, fields) {
      if (fields.size === 0) ignored.delete(owner);
      else ignored.set(owner, fields);
    },
    unfollow(owner) {
      ignored.delete(owner);
      kinds.unfollow(owner);
      for (const [id, waiting] of lingering) if (waiting === owner) lingering.delete(id);
    },
    settle: kinds.settle,
    isWatched: kinds.isWatched,
    liveOf,
    takeMove: moves.take,
    check(resource, reference) {
      const tracked = liveOf(resource, reference);
      if (tracked !== undefined) return inspect(resource, tracked);
      const id = idOf(reference);
      const record = ledger.get(id);
      const gone = departed.get(id);
      // What had only lost its labels has them again by this apply, although it does not show yet.
      if (record === undefined || record.uid !== gone?.uid || gone.told) return;
      departed.delete(id);
      leave(record, reference, gone.end);
    },
    awaitDeletion(entry, owner) {
      const object = parseEntry(entry);
      // It was asked whether it is there, and it went before we were told to wait for that.
      if (object !== undefined && departed.get(entry.id) !== undefined) notify(owner, object);
      else lingering.set(entry.id, owner);
    },
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    [Symbol.dispose]: () => kinds[Symbol.dispose](),
  };
}

const referenceOf = ({ group, version, kind }: Resource, { metadata }: KubeObject): ObjectReference => ({
  group,
  version,
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});
