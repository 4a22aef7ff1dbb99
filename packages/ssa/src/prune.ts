import type { KubeObject, ObjectKey, Resource } from '@gotk/apimachinery';
import { isConflict, isNotFound, isNotServed, type KubeClient, NoMatch } from '@gotk/kube';
import { explain } from './errors.ts';
import { inPool } from './in-pool.ts';
import { type InventoryEntry, type ObjectReference, parseEntry, renderReference } from './inventory.ts';
import { isKept } from './object-policy.ts';
import { isOwnedBy, type Owner, type OwnerPolicy } from './owner.ts';
import { groupKinds, inApplyOrder, STAGES, stageOf } from './stages.ts';

export interface PruneOptions {
  readonly client: KubeClient;
  readonly owner: Owner;
  readonly policy: OwnerPolicy;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** What a watch shows of an object. It saves a request: the deletion is tied to the version that was seen. */
  readonly cached?: (resource: Resource, reference: ObjectReference) => KubeObject | undefined;
}

/** What became of objects, in the order of their deletion. */
export interface PruneReport {
  /** Those whose deletion was asked for by this call. */
  readonly deleted: readonly ObjectReference[];
  /** Deleted, and still there: a finalizer holds them. They belong in the next inventory. */
  readonly lingering: readonly InventoryEntry[];
  /** Could not be deleted, with the reason. They belong in the next inventory. */
  readonly failed: readonly { readonly entry: InventoryEntry; readonly message: string }[];
}

type Fate =
  | { readonly kind: 'gone' }
  | { readonly kind: 'released' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'lingering'; readonly asked: 'now' | 'before' };

interface End {
  readonly entry: InventoryEntry;
  readonly reference: ObjectReference;
  readonly fate: Fate | { readonly kind: 'failed'; readonly message: string };
}

const ATTEMPTS = 3;
/** Kinds with a stage of their own have it when they are applied. */
const NO_KINDS = groupKinds([]);

/**
 * Deletes what was applied before and is no longer wanted, in reverse order of application.
 *
 * Guarantees: never touches an object without our owner labels, or one that opted out of pruning; each deletion is tied to the very object that was looked
 * at (uid and resourceVersion); whatever could not be deleted, or is not gone yet, is returned. Throws only on abort.
 */
export async function prune(entries: readonly InventoryEntry[], options: PruneOptions): Promise<PruneReport> {
  const parsed = entries.flatMap((entry) => {
    const reference = parseEntry(entry);
    return reference === undefined ? [] : [{ entry, reference }];
  });
  const ordered = [...inApplyOrder(parsed, ({ reference }) => reference, NO_KINDS)].reverse();
  const ends: End[] = [];

  for (const stage of STAGES.toReversed()) {
    const members = ordered.filter(({ reference }) => stageOf(reference, NO_KINDS) === stage);
    const those = await inPool(members, options.concurrency, async ({ entry, reference }): Promise<End> => {
      try {
        return { entry, reference, fate: await remove(reference, options) };
      } catch (error) {
        options.signal.throwIfAborted();
        const message = `${renderReference(reference)} ${explain(error, reference, 'delete')}`;
        return { entry, reference, fate: { kind: 'failed', message } };
      }
    });
    ends.push(...those);
  }
  return {
    deleted: ends.flatMap(({ reference, fate }) => (wasAsked(fate) ? [reference] : [])),
    lingering: ends.flatMap(({ entry, fate }) => (fate.kind === 'lingering' ? [entry] : [])),
    failed: ends.flatMap(({ entry, fate }) => (fate.kind === 'failed' ? [{ entry, message: fate.message }] : [])),
  };
}

const wasAsked = (fate: End['fate']): boolean => fate.kind === 'deleted' || (fate.kind === 'lingering' && fate.asked === 'now');

async function remove(reference: ObjectReference, { client, owner, policy, signal, cached }: PruneOptions): Promise<Fate> {
  const key = { namespace: reference.namespace, name: reference.name };
  for (let attempt = 1; ; attempt++) {
    let resource: Resource;
    try {
      // It was applied in this version; the API server may have stopped to serve it since.
      resource = await client.mapper.anyResourceFor(reference, { signal });
    } catch (error) {
      // A kind that is served in no version any more has taken its objects with it.
      if (error instanceof NoMatch) return { kind: 'gone' };
      throw error;
    }
    /** The mapper has not heard of it yet: the object is to be looked for elsewhere. */
    const isElsewhere = (error: unknown): boolean => {
      if (!isNotServed(error) || attempt === ATTEMPTS) return false;
      client.mapper.forget(resource);
      return true;
    };
    let live: KubeObject;
    try {
      const known = attempt === 1 ? cached?.(resource, reference) : undefined;
      live = known ?? (await client.get(resource, key, { signal, metadataOnly: true }));
    } catch (error) {
      if (isElsewhere(error)) continue;
      if (isAbsent(error)) return { kind: 'gone' };
      throw error;
    }
    if (!isOwnedBy(live.metadata, owner, policy) || isKept(live.metadata, policy)) return { kind: 'released' };
    if (live.metadata.deletionTimestamp !== undefined) return { kind: 'lingering', asked: 'before' };
    const { uid, resourceVersion } = live.metadata;
    try {
      const deletion = await client.delete(resource, key, {
        signal,
        ...(uid === undefined ? {} : { uid }),
        ...(resourceVersion === undefined ? {} : { resourceVersion }),
      });
      if (deletion === 'gone' || (await isGone(client, { resource, key, uid, signal }))) return { kind: 'deleted' };
      return { kind: 'lingering', asked: 'now' };
    } catch (error) {
      if (isElsewhere(error)) continue;
      // Nobody remembers it from now on: one answer of a server that may be behind is not enough.
      if (isAbsent(error) && (await isGone(client, { resource, key, uid, signal }))) return { kind: 'gone' };
      if (!isConflict(error) || attempt === ATTEMPTS) throw error;
    }
  }
}

/** It was looked for where its kind is, and not found. */
const isAbsent = (error: unknown): boolean => isNotFound(error) && !isNotServed(error);

/** An accepted deletion is not yet one: a finalizer may hold the object. */
async function isGone(
  client: KubeClient,
  {
    resource,
    key,
    uid,
    signal,
  }: { readonly resource: Resource; readonly key: ObjectKey; readonly uid: string | undefined; readonly signal: AbortSignal },
): Promise<boolean> {
  try {
    const live = await client.get(resource, key, { signal, metadataOnly: true });
    return live.metadata.uid !== uid;
  } catch (error) {
    if (isAbsent(error)) return true;
    throw error;
  }
}
