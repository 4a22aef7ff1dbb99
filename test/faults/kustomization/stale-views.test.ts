import { setTimeout as delay } from 'node:timers/promises';
import type { Unstructured } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { type ApplierBed, applierBed, isReadyWith, NAME_LABEL } from './bed.ts';
import { configMap, configMaps } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';
import { orphansIn, phantomsIn, worldOf } from './world.ts';

const cluster = ownCluster();

/** Both controllers would do the same work: this one does it while what the first sees stands still. */
async function otherwise(bed: ApplierBed, files: Readonly<Record<string, string>>): Promise<void> {
  const other = await bed.start({ kubeconfig: cluster.plane.kubeconfigPath });
  const revision = await bed.publish(files);
  await bed.until('app', isReadyWith(revision));
  await other.stop();
}

const hold = (bed: ApplierBed, resource: string) => bed.proxy.holdWatches({ resources: [resource], events: 'queue', watches: 'all' });
const namesOf = (objects: readonly Unstructured[]) => objects.map(({ metadata }) => metadata.name).sort();
const uidOf = async (bed: ApplierBed, name: string) => (await bed.live()).find(({ metadata }) => metadata.name === name)?.metadata.uid;
const deletions = (bed: ApplierBed) => bed.proxy.trace.records.filter(({ verb }) => verb === 'delete');

async function applied(files: Readonly<Record<string, string>>): Promise<ApplierBed> {
  const bed = await applierBed(cluster.plane);
  await bed.start();
  const revision = await bed.publish(files);
  await bed.kustomization('app');
  await bed.until('app', isReadyWith(revision));
  return bed;
}

describe('F8: a controller that sees the past', () => {
  test('of a Kustomization forgets nothing that another has applied since', async () => {
    await using bed = await applied({ 'a.yaml': configMap('a') });
    using _past = hold(bed, 'kustomizations');
    const source = hold(bed, 'gitrepositories');
    await otherwise(bed, { 'a.yaml': configMap('a'), 'x.yaml': configMap('x') });
    const revision = await bed.publish({ 'a.yaml': configMap('a', 'second') });
    source[Symbol.dispose]();
    await bed.until('app', isReadyWith(revision));
    const world = await worldOf(bed, 'app');
    expect([orphansIn(world), phantomsIn(world)]).toEqual([[], []]);
    expect(namesOf(await bed.live())).toEqual(['a']);
  });

  test('of a source deletes nothing that its newest revision has', async () => {
    await using bed = await applied({ 'a.yaml': configMap('a') });
    const source = hold(bed, 'gitrepositories');
    await otherwise(bed, { 'a.yaml': configMap('a'), 'y.yaml': configMap('y') });
    const uid = await uidOf(bed, 'y');
    await bed.request('app');
    const asked = () => bed.proxy.trace.records.filter(({ verb, resource }) => verb === 'get' && resource === 'gitrepositories').length;
    await expect.poll(asked, { timeout: 20_000 }).toBeGreaterThan(0);
    await delay(1_000);
    expect(await uidOf(bed, 'y')).toBe(uid);
    source[Symbol.dispose]();
    const token = await bed.request('app');
    await bed.until('app', ({ status }) => status?.lastHandledReconcileAt === token);
    expect(await uidOf(bed, 'y')).toBe(uid);
    expect(deletions(bed)).toEqual([]);
  });

  test('of an object deletes it as it was seen, or not at all', async () => {
    await using bed = await applied({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b'), 'z.yaml': configMap('z') });
    using _past = hold(bed, 'configmaps');
    const key = { namespace: bed.namespace, name: 'z' };
    const patch = { type: 'merge', body: { metadata: { labels: { [NAME_LABEL]: null } } } } as const;
    await bed.client.patch(configMaps, { key, patch }, { signal: AbortSignal.timeout(10_000) });
    const revision = await bed.publish({ 'a.yaml': configMap('a') });
    await bed.until('app', isReadyWith(revision));
    expect((await bed.client.get(configMaps, key, { signal: AbortSignal.timeout(10_000) })).metadata.deletionTimestamp).toBeUndefined();
    expect(namesOf(await bed.live())).toEqual(['a', 'z']);
    const seen = deletions(bed);
    expect(seen.map(({ name }) => name).sort()).toEqual(['b', 'z']);
    for (const { preconditions } of seen) expect(preconditions).toEqual({ uid: expect.any(String), resourceVersion: expect.any(String) });
  });
});
