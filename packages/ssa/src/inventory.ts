import { type ObjectId, renderObjectId } from './object-id.ts';

/** One applied object, as `status.inventory.entries` holds it. */
export interface InventoryEntry {
  /** `<namespace>_<name>_<group>_<kind>`. */
  readonly id: string;
  /** The version of the API that it was applied with. */
  readonly v: string;
}

export type Inventory = readonly InventoryEntry[];

/** The inventory would not fit into the object that has to hold it. */
export class InventoryTooLarge extends Error {
  override readonly name = 'InventoryTooLarge';
}

/** etcd refuses requests beyond 1.5 MiB: what is left is for the rest of the object and its managedFields. */
const MAX_BYTES = 1024 * 1024;

/** The inventory of a set of objects: sorted, each object once. */
export function inventoryOf(objects: Iterable<{ readonly id: ObjectId; readonly version: string }>): Inventory {
  return sorted(Array.from(objects, ({ id, version }) => ({ id: renderObjectId(id), v: version })));
}

/** What is in either; an object in both has the version that `newer` gives it. */
export function union(older: Inventory, newer: Inventory): Inventory {
  return sorted([...older, ...newer]);
}

/** What is in `from` and, in whatever version, not in `without`. */
export function difference(from: Inventory, without: Inventory): Inventory {
  const ids = new Set(without.map(({ id }) => id));
  return from.filter(({ id }) => !ids.has(id));
}

export function sameInventory(a: Inventory, b: Inventory): boolean {
  return a.length === b.length && a.every(({ id, v }, index) => b[index]?.id === id && b[index]?.v === v);
}

/** Throws `InventoryTooLarge` for an inventory that could not be recorded: applying first and failing then would leave orphans. */
export function assertStorable(inventory: Inventory): void {
  const bytes = inventory.reduce((sum, { id, v }) => sum + Buffer.byteLength(id) + v.length + '{"id":"","v":""},'.length, 0);
  if (bytes > MAX_BYTES)
    throw new InventoryTooLarge(
      `inventory of ${inventory.length} objects needs ${bytes} bytes, more than the ${MAX_BYTES} that can be stored`,
    );
}

function sorted(entries: readonly InventoryEntry[]): Inventory {
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}
