import { gvkOf, type KubeObject } from '@gotk/apimachinery';

/** One applied object, as `status.inventory.entries` has it. */
export interface InventoryEntry {
  /** `namespace_name_group_kind`; colons of RBAC names are written `__`. */
  readonly id: string;
  /** API version without the group. */
  readonly v: string;
}

/** What an entry stands for. */
export interface ObjectReference {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** '' for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** The inventory would not fit into the object that has to hold it. */
export class InventoryTooLarge extends Error {
  override readonly name = 'InventoryTooLarge';
}

/** etcd refuses requests beyond 1.5 MiB: what is left is for the rest of the object and its managedFields. */
const MAX_BYTES = 1024 * 1024;

export function referenceTo(object: KubeObject): ObjectReference {
  return { ...gvkOf(object), namespace: object.metadata.namespace ?? '', name: object.metadata.name };
}

export function renderEntry({ group, version, kind, namespace, name }: ObjectReference): InventoryEntry {
  return { id: `${namespace}_${name.replaceAll(':', '__')}_${group}_${kind}`, v: version };
}

/** The inverse of `renderEntry`; undefined for what is no entry. A name holds no underscore, but RBAC names hold the colons' double ones. */
export function parseEntry({ id, v }: InventoryEntry): ObjectReference | undefined {
  const match = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(id);
  if (match === null) return undefined;
  const [, namespace = '', name = '', group = '', kind = ''] = match;
  return { namespace, name: name.replaceAll('__', ':'), group, kind, version: v };
}

/** Which object an entry is about, whatever version it was applied at. */
export const idOf = (reference: ObjectReference): string => renderEntry(reference).id;

/** Such as `Deployment/apps/web`, as change sets and errors name an object. */
export const renderReference = ({ kind, namespace, name }: ObjectReference): string =>
  namespace === '' ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;

/** The entries of both, each object once, the newer version winning; in the order of the ids. */
export function union(older: readonly InventoryEntry[], newer: readonly InventoryEntry[]): readonly InventoryEntry[] {
  const byId = new Map([...older, ...newer].map((entry) => [entry.id, entry]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The entries as they are on record, if they are the same: nobody has to be told of another order. Otherwise as they are. */
export function asRecorded(entries: readonly InventoryEntry[], recorded: readonly InventoryEntry[]): readonly InventoryEntry[] {
  const versions = new Map(recorded.map(({ id, v }) => [id, v]));
  const same = entries.length === recorded.length && entries.every(({ id, v }) => versions.get(id) === v);
  return same ? recorded : entries;
}

/** The entries of `from` whose objects are not in `other`. */
export function difference(from: readonly InventoryEntry[], other: readonly InventoryEntry[]): readonly InventoryEntry[] {
  const ids = new Set(other.map(({ id }) => id));
  return from.filter(({ id }) => !ids.has(id));
}

/** Throws `InventoryTooLarge` for an inventory that could not be recorded: applying first and failing then would leave orphans. */
export function assertStorable(entries: readonly InventoryEntry[]): void {
  const bytes = entries.reduce((sum, { id, v }) => sum + Buffer.byteLength(id) + v.length + '{"id":"","v":""},'.length, 0);
  if (bytes > MAX_BYTES)
    throw new InventoryTooLarge(
      `an inventory of ${entries.length} objects needs ${bytes} bytes and only ${MAX_BYTES} can be stored: split the Kustomization`,
    );
}
