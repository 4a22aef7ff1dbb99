import type { Kustomization, SourceReference } from '@gotk/api';
import { isRecord } from '@gotk/apimachinery';
import type { Reader } from '@gotk/kube';
import { findSource, type Sources } from './sources.ts';

export interface OwnershipOptions {
  readonly kustomizations: Reader<Kustomization>;
  readonly sources: Sources;
}

/**
 * Whether another Kustomization still wants an object that carries its labels: it is there, lists the object, and has seen the newest revision of its source. One
 * that is behind may be about to hand the object over, as when a file moves from one directory to another; it is not in anybody's way.
 */
export function isWantedBy(owner: string, id: string, { kustomizations, sources }: OwnershipOptions): boolean {
  const [namespace = '', name = ''] = owner.split('/');
  const other = kustomizations.get({ namespace, name });
  if (other === undefined || other.metadata.deletionTimestamp !== undefined) return false;
  if (!idsIn(other.status?.inventory?.entries).has(id)) return false;
  const reference: Partial<SourceReference> = other.spec?.sourceRef ?? {};
  const key = { namespace: reference.namespace ?? namespace, name: reference.name ?? '' };
  const revision = findSource(sources, reference.kind, key)?.status?.artifact?.revision;
  return other.status?.observedGeneration === other.metadata.generation && other.status?.lastAppliedRevision === revision;
}

/** Those who hand over thousands of objects are asked about each. */
const read = new WeakMap<object, ReadonlySet<unknown>>();

/** Of any object in the cache: one that breaks its schema wants nothing. */
function idsIn(entries: unknown): ReadonlySet<unknown> {
  if (!Array.isArray(entries)) return new Set();
  const known = read.get(entries);
  if (known !== undefined) return known;
  const ids = new Set(entries.map((entry: unknown) => (isRecord(entry) ? entry.id : undefined)));
  read.set(entries, ids);
  return ids;
}
