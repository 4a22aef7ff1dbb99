import { type Kustomization, kustomizations } from '@gotk/api';
import type { ManagedFieldsEntry, Unstructured } from '@gotk/apimachinery';
import { isNotFound } from '@gotk/kube';
import { eventually } from '@gotk/testkit';
import { condition, isReady, type Testbed } from '../testbed.ts';

/** What there is of a namespace: what Kustomizations say, and what they have applied. */
export interface Stock {
  /** By name; times and durations masked. */
  readonly statuses: Readonly<Record<string, unknown>>;
  /** By inventory id; what other managers write to a subresource is left out. */
  readonly objects: Readonly<Record<string, unknown>>;
  readonly resourceVersions: Readonly<Record<string, string>>;
}

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
const DURATION = /\b(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?(?:ms|µs|s)\b/g;

/** The same text, whenever it was written and however long things took. */
export const masked = (text: string): string => text.replaceAll(TIME, '<time>').replaceAll(DURATION, '<duration>');

/** The same value, with keys in order. */
export const maskedValue = (value: unknown): unknown => JSON.parse(masked(JSON.stringify(sorted(value)) ?? 'null'));

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

export const allKustomizations = async ({ client, namespace, signal }: Testbed): Promise<readonly Kustomization[]> =>
  (await client.list(kustomizations, { namespace, signal })).items;

/** Resolves when these Kustomizations are ready at the revision that their source has now, and nothing is under way. */
export async function untilAllReady(bed: Testbed, names: readonly string[], revision: string): Promise<void> {
  await eventually(
    async () => {
      const all = await allKustomizations(bed);
      for (const name of names) {
        const found = all.find(({ metadata }) => metadata.name === name);
        if (
          found === undefined ||
          !isReady(found) ||
          condition(found, 'Reconciling') !== undefined ||
          !found.status?.lastAppliedRevision?.endsWith(revision)
        )
          throw new Error(`${name} is not ready: ${JSON.stringify(found?.status?.conditions, null, 1)}`);
      }
    },
    { timeoutMs: 200_000, intervalMs: 250 },
  );
}

export async function liveObject(bed: Testbed, { id, v }: { readonly id: string; readonly v: string }): Promise<Unstructured | undefined> {
  const match = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(id);
  if (match === null) throw new Error(`no inventory id: ${id}`);
  const [, namespace = '', name = '', group = '', kind = ''] = match;
  const resource = await bed.client.mapper.resourceFor({ group, version: v, kind }, { signal: bed.signal });
  return await bed.client.get(resource, { namespace, name: name.replaceAll('__', ':') }, { signal: bed.signal }).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    return undefined;
  });
}

export async function takeStock(bed: Testbed): Promise<Stock> {
  const all = await allKustomizations(bed);
  const objects: Record<string, unknown> = {};
  const resourceVersions: Record<string, string> = {};
  for (const { status } of all)
    for (const entry of status?.inventory?.entries ?? []) {
      const live = await liveObject(bed, entry);
      objects[entry.id] = live === undefined ? 'gone' : withoutSubresources(live);
      resourceVersions[entry.id] = live?.metadata.resourceVersion ?? '';
    }
  return {
    statuses: Object.fromEntries(all.map(({ metadata, status }) => [metadata.name, maskedValue(status)])),
    objects,
    resourceVersions,
  };
}

/** The object as its own managers have left it: controllers of the cluster go on writing its status. */
function withoutSubresources({ status: _status, ...object }: Unstructured): unknown {
  const { resourceVersion: _version, managedFields = [], annotations, ...metadata } = object.metadata;
  const { 'deployment.kubernetes.io/revision': _revision, ...kept } = annotations ?? {};
  return {
    ...object,
    metadata: {
      ...metadata,
      annotations: kept,
      managedFields: managedFields
        .filter(({ subresource = '', manager }) => subresource === '' && manager !== 'kube-controller-manager')
        .map(shown),
    },
  };
}

/** An entry without its time, in the order of its keys: what it owns is what matters. */
function shown({ time: _time, ...entry }: ManagedFieldsEntry): unknown {
  return sorted(entry);
}
