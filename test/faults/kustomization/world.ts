import type { Kustomization } from '@gotk/api';
import type { Unstructured } from '@gotk/apimachinery';
import type { ApplierBed } from './bed.ts';
import { NAME_LABEL } from './bed.ts';

/** A Kustomization and what carries its labels, at one moment. */
export interface World {
  readonly kustomization: Kustomization | undefined;
  readonly objects: ReadonlyMap<string, Unstructured>;
}

/** The objects are looked at first: what is on record by the time they are there has to be on record. */
export async function worldOf(bed: ApplierBed, name: string): Promise<World> {
  const live = (await bed.live()).filter(({ metadata }) => metadata.labels?.[NAME_LABEL] === name);
  return { kustomization: await bed.get(name), objects: new Map(live.map((object) => [idOf(object), object])) };
}

/** As the inventory has it. */
function idOf({ apiVersion, kind, metadata: { namespace = '', name } }: Unstructured): string {
  return `${namespace}_${name}_${apiVersion.includes('/') ? apiVersion.split('/')[0] : ''}_${kind}`;
}

export const inventoryOf = ({ kustomization }: World): readonly string[] =>
  kustomization?.status?.inventory?.entries.map(({ id }) => id) ?? [];

/** I3: objects that nobody would delete any more. */
export const orphansIn = (world: World): readonly string[] => [...world.objects.keys()].filter((id) => !inventoryOf(world).includes(id));

/** Entries of the inventory that stand for nothing. */
export const phantomsIn = (world: World): readonly string[] => inventoryOf(world).filter((id) => !world.objects.has(id));

/** Objects of before that are there still, under their names, and are others. */
export const recreatedBetween = (before: World, after: World): readonly string[] =>
  [...before.objects].flatMap(([id, { metadata }]) => {
    const now = after.objects.get(id);
    return now === undefined || now.metadata.uid === metadata.uid ? [] : [id];
  });

/** All that must not depend on how the world came to be: without uids, versions and times, which differ from one life to the next. */
export function essenceOf({ kustomization, objects }: World, namespace: string): unknown {
  const { conditions = [], history = [], ...status } = kustomization?.status ?? {};
  const essence = {
    status: {
      ...status,
      conditions: conditions.map(({ lastTransitionTime: _time, ...rest }) => rest),
      // Runs that failed on the way are told of, and take the place of what is older.
      history: history.slice(0, 1).map(({ digest, lastReconciledStatus, metadata }) => ({ digest, lastReconciledStatus, metadata })),
    },
    objects: [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => withoutLife(object)),
  };
  return JSON.parse(JSON.stringify(essence).replaceAll(namespace, 'NAMESPACE'));
}

function withoutLife(object: Unstructured): unknown {
  const { uid: _uid, resourceVersion: _version, creationTimestamp: _created, managedFields = [], ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, managedFields: managedFields.map(({ time: _time, ...rest }) => rest) } };
}

/** Where two essences begin to differ, as a sentence; none when they do not. */
export function differences(found: unknown, clean: unknown): readonly string[] {
  const [a, b] = [JSON.stringify(found, null, 1).split('\n'), JSON.stringify(clean, null, 1).split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return at < 0 && a.length === b.length ? [] : [`ended otherwise than without a death: ${a[at]} instead of ${b[at]}`];
}
