import { type Clock, type KubeObject, latest, type Resource, renderApiVersion, type Unstructured } from '@gotk/apimachinery';
import type { Delta, HeldInformer, InformerSet } from '@gotk/kube';
import { hasDrifted, type Seen } from './drift.ts';
import { entryDigest } from './entry-digest.ts';
import { type InventoryEntry, idOf, type ObjectReference } from './inventory.ts';
import type { Ledger } from './ledger.ts';
import { nameLabel, type OwnerPolicy, ownerOf, renderOwner } from './owner.ts';

/** An applied object, stripped to what drift is told by. */
interface Tracked extends KubeObject {
  readonly entryDigest: string;
}

/** Why an owner should look at its objects. */
export interface DriftNotice {
  /** `namespace/name`. */
  readonly owner: string;
  readonly object: ObjectReference;
}

/**
 * Watches what was applied, by metadata alone and only on the kinds that somebody has applied, and tells the owner when an object has moved: changed,
 * deleted, relabelled. No request is made while nothing happens.
 */
export interface DriftWatch extends Disposable {
  /** These are the kinds of an owner's objects from now on; kinds that no owner has any more are no longer watched. */
  follow(owner: string, resources: readonly Resource[]): void;
  unfollow(owner: string): void;
  /** Resolves when the kind's cache is complete, or after `timeoutMs` (the kind may not be watchable). */
  settle(resource: Resource, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<void>;
  isWatched(resource: Resource): boolean;
  /** Name, uid, version, owner labels and opt-outs of the live object, as far as the cache knows. */
  readonly liveOf: (resource: Resource, reference: ObjectReference) => KubeObject | undefined;
  /** Notes what has just been applied; checks at once whether it was overtaken meanwhile. */
  check(resource: Resource, reference: ObjectReference): void;
  /** Tell the owner when this object has finally gone. */
  awaitDeletion(entry: InventoryEntry, owner: string): void;
  subscribe(listener: (notice: DriftNotice) => void): Disposable;
}

/** More than are ever being applied at once. */
const MAX_DEPARTED = 1_000;

export function createDriftWatch({
  informers,
  clock,
  ledger,
  policy,
}: {
  readonly informers: InformerSet;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly policy: OwnerPolicy;
}): DriftWatch {
  const held = new Map<
    string,
    { readonly holder: HeldInformer<Tracked>; readonly subscription: Disposable; readonly owners: Set<string> }
  >();
  const lingering = new Map<string, string>();
  /** Uids of objects that left a watch while nothing was on record of them, by id; the latest. */
  const departed = latest<string, string>(MAX_DEPARTED);
  const listeners = new Set<(notice: DriftNotice) => void>();

  const notify = (owner: string, object: ObjectReference) => {
    for (const listener of listeners) listener({ owner, object });
  };
  const inspect = (resource: Resource, tracked: Tracked) => {
    const reference = referenceOf(resource, tracked);
    const id = idOf(reference);
    const record = ledger.get(id);
    if (record === undefined || !hasDrifted(record, seen(tracked))) return;
    ledger.delete(id);
    notify(record.owner, reference);
  };
  const onDelta = (resource: Resource, delta: Delta<Tracked>) => {
    const reference = referenceOf(resource, delta.object);
    const id = idOf(reference);
    if (delta.kind !== 'deleted') {
      departed.delete(id);
      return inspect(resource, delta.object);
    }
    const waiting = lingering.get(id);
    if (waiting !== undefined) {
      lingering.delete(id);
      notify(waiting, reference);
    }
    const record = ledger.get(id);
    // An object of that name that we have applied since is another one. The one that we are just applying may have gone before we are told that it is there.
    if (record === undefined || record.uid !== delta.object.metadata.uid) return departed.set(id, delta.object.metadata.uid ?? '');
    ledger.delete(id);
    notify(record.owner, reference);
  };

  const transform = (object: Unstructured): Tracked => ({
    apiVersion: object.apiVersion,
    kind: object.kind,
    entryDigest: entryDigest(object.metadata, policy.fieldManager),
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
  /** Whose it is, and what it has opted out of; the rest is of no use here, and there are many objects. */
  const ours = (map: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(map).filter(([key]) => key.startsWith(`${policy.group}/`)));
  const seen = ({ metadata, entryDigest: digest }: Tracked): Seen => {
    const owner = ownerOf(metadata, policy);
    return {
      uid: metadata.uid ?? '',
      resourceVersion: metadata.resourceVersion ?? '0',
      entryDigest: digest,
      owner: owner === undefined ? '' : renderOwner(owner),
    };
  };

  const liveOf = (resource: Resource, { namespace, name }: ObjectReference): Tracked | undefined =>
    held.get(keyOf(resource))?.holder.informer.get({ namespace, name });
  const drop = (key: string, owner: string) => {
    const entry = held.get(key);
    if (entry === undefined || !entry.owners.delete(owner) || entry.owners.size > 0) return;
    entry.subscription[Symbol.dispose]();
    entry.holder[Symbol.dispose]();
    held.delete(key);
  };

  return {
    follow(owner, resources) {
      const wanted = new Map(resources.map((resource) => [keyOf(resource), resource]));
      for (const [key, resource] of wanted) {
        const known = held.get(key);
        if (known !== undefined) {
          known.owners.add(owner);
          continue;
        }
        const holder = informers.hold<Tracked>(resource as unknown as Resource<Tracked>, {
          metadataOnly: true,
          labelSelector: nameLabel(policy),
          transform: (object) => transform(object as unknown as Unstructured),
        });
        held.set(key, { holder, subscription: holder.informer.subscribe((delta) => onDelta(resource, delta)), owners: new Set([owner]) });
      }
      for (const key of [...held.keys()]) if (!wanted.has(key)) drop(key, owner);
    },
    unfollow(owner) {
      for (const key of [...held.keys()]) drop(key, owner);
      for (const [id, waiting] of lingering) if (waiting === owner) lingering.delete(id);
    },
    async settle(resource, { timeoutMs, signal }) {
      const entry = held.get(keyOf(resource));
      if (entry === undefined) return;
      const enough = new AbortController();
      using _timer = clock.after(timeoutMs, () => enough.abort());
      await entry.holder.informer.whenSynced(AbortSignal.any([signal, enough.signal])).catch(() => signal.throwIfAborted());
    },
    isWatched: (resource) => held.get(keyOf(resource))?.holder.informer.synced === true,
    liveOf,
    check(resource, reference) {
      const tracked = liveOf(resource, reference);
      if (tracked !== undefined) return inspect(resource, tracked);
      const id = idOf(reference);
      const record = ledger.get(id);
      if (record === undefined || record.uid !== departed.get(id)) return;
      departed.delete(id);
      ledger.delete(id);
      notify(record.owner, reference);
    },
    awaitDeletion: ({ id }, owner) => lingering.set(id, owner),
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    [Symbol.dispose]: () => {
      for (const { holder, subscription } of held.values()) {
        subscription[Symbol.dispose]();
        holder[Symbol.dispose]();
      }
      held.clear();
    },
  };
}

const keyOf = (resource: Resource): string => `${renderApiVersion(resource)}/${resource.kind}`;

const referenceOf = ({ group, version, kind }: Resource, { metadata }: KubeObject): ObjectReference => ({
  group,
  version,
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
});
