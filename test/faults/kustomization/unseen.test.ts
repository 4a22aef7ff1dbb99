import { type Kustomization, kustomizations } from '@gotk/api';
import { describe, expect, test } from 'vitest';
import { type ApplierBed, applierBed, isReadyWith } from './bed.ts';
import { configMap, configMaps, contentOf } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';
import { inventoryOf, worldOf } from './world.ts';

const cluster = ownCluster();
const within = () => AbortSignal.timeout(20_000);
const files = { 'old/a.yaml': configMap('a'), 'old/b.yaml': configMap('b'), 'new/c.yaml': configMap('c') };

async function applied(): Promise<ApplierBed> {
  const bed = await applierBed(cluster.plane);
  await bed.start();
  const revision = await bed.publish(files);
  await bed.kustomization('app', { path: './old' });
  await bed.until('app', isReadyWith(revision));
  return bed;
}

const hold = (bed: ApplierBed, resource: string) => bed.proxy.holdWatches({ resources: [resource], events: 'queue', watches: 'all' });

/** Takes it away for good, as nobody should: its objects stay. */
async function removeByForce({ client, namespace }: ApplierBed): Promise<void> {
  const key = { namespace, name: 'app' };
  await client.patch(kustomizations, { key, patch: { type: 'merge', body: { metadata: { finalizers: null } } } }, { signal: within() });
  await client.delete(kustomizations, key, { signal: within() });
}

describe('F9: what nobody has seen', () => {
  test('of a Kustomization that went and came back as another: the inventory of the first is not that of the second', async () => {
    await using bed = await applied();
    const revision = (await bed.get('app'))?.status?.lastAppliedRevision ?? '';
    const held = hold(bed, 'kustomizations');
    await removeByForce(bed);
    await bed.kustomization('app', { path: './new' });
    // Whatever it does on the way, it is as if it had seen the first one still.
    await bed.publish({ ...files, 'old/a.yaml': configMap('a', 'second') });
    await expect.poll(() => bed.artifacts.requests.length, { timeout: 20_000 }).toBe(2);
    held[Symbol.dispose]();
    const second = await bed.until('app', (it: Kustomization) => it.status?.lastAppliedRevision !== undefined);
    expect(second.status?.lastAppliedRevision).not.toBe(revision);
    const world = await worldOf(bed, 'app');
    expect(inventoryOf(world)).toEqual([`${bed.namespace}_c__ConfigMap`]);
    // What the first one had is nobody's to delete.
    expect([...world.objects.values()].map(({ metadata }) => metadata.name).sort()).toEqual(['a', 'b', 'c']);
  });

  test('of a source that went and came back as another: the last one is applied, and the one in between is not', async () => {
    await using bed = await applied();
    const held = hold(bed, 'gitrepositories');
    await bed.publish({ 'old/between.yaml': configMap('between') });
    const last = await bed.publish({ 'old/a.yaml': configMap('a', 'last') });
    held[Symbol.dispose]();
    await bed.until('app', isReadyWith(last));
    const world = await worldOf(bed, 'app');
    expect(inventoryOf(world)).toEqual([`${bed.namespace}_a__ConfigMap`]);
    expect([...world.objects.values()].map(contentOf)).toEqual(['last']);
  });

  test('of an object that went and came back as another, by somebody else: it is put right', async () => {
    await using bed = await applied();
    const held = hold(bed, 'configmaps');
    const key = { namespace: bed.namespace, name: 'a' };
    const { uid } = (await bed.client.get(configMaps, key, { signal: within() })).metadata;
    await bed.client.delete(configMaps, key, { signal: within() });
    const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: key, data: { content: 'theirs' } };
    const created = await bed.client.create(configMaps, theirs, { signal: within() });
    held[Symbol.dispose]();
    await expect
      .poll(async () => contentOf(await bed.client.get(configMaps, key, { signal: within() })), { timeout: 20_000 })
      .toBe('first');
    const now = await bed.client.get(configMaps, key, { signal: within() });
    expect([now.metadata.uid === uid, now.metadata.uid === created.metadata.uid]).toEqual([false, true]);
  });
});
