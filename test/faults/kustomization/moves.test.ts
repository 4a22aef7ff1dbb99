import { seededRandom } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { type ApplierBed, applierBed, isReadyWith, NAME_LABEL } from './bed.ts';
import { configMap, configMaps } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';
import { orphansIn, phantomsIn, worldOf } from './world.ts';

const cluster = ownCluster();

const before = { 'a/own.yaml': configMap('own-a'), 'a/moved.yaml': configMap('moved'), 'b/own.yaml': configMap('own-b') };
const after = { 'a/own.yaml': configMap('own-a'), 'b/moved.yaml': configMap('moved'), 'b/own.yaml': configMap('own-b') };

/** Two Kustomizations of one source; the object is with `a`. */
async function neighbours(): Promise<ApplierBed> {
  const bed = await applierBed(cluster.plane);
  await bed.start();
  const revision = await bed.publish(before);
  for (const name of ['a', 'b']) await bed.kustomization(name, { path: `./${name}` });
  for (const name of ['a', 'b']) await bed.until(name, isReadyWith(revision));
  return bed;
}

const movedIn = async (bed: ApplierBed) => (await bed.live()).find(({ metadata }) => metadata.name === 'moved')?.metadata;

/** It is with `b`, and nothing is left of it with `a`: each of them hears of it by its own watch. */
async function expectMoved(bed: ApplierBed): Promise<void> {
  const found = async () => {
    const [a, b] = [await worldOf(bed, 'a'), await worldOf(bed, 'b')];
    return {
      owner: (await movedIn(bed))?.labels?.[NAME_LABEL],
      orphans: [...orphansIn(a), ...orphansIn(b)],
      phantoms: [...phantomsIn(a), ...phantomsIn(b)],
      objects: [a.objects.size, b.objects.size],
    };
  };
  await expect.poll(found, { timeout: 20_000 }).toEqual({ owner: 'b', orphans: [], phantoms: [], objects: [1, 2] });
}

describe('F30: an object that one commit moves from one Kustomization to another', () => {
  test('is handed over as it is when the other one comes first', async () => {
    await using bed = await neighbours();
    const uid = (await movedIn(bed))?.uid;
    await bed.kustomization('a', { path: './a', suspend: true });
    const revision = await bed.publish(after);
    await bed.until('b', isReadyWith(revision));
    await bed.kustomization('a', { path: './a', suspend: false });
    await bed.until('a', isReadyWith(revision));
    await expectMoved(bed);
    expect((await movedIn(bed))?.uid).toBe(uid);
  });

  test('is made anew once when its owner comes first', async () => {
    await using bed = await neighbours();
    const uid = (await movedIn(bed))?.uid;
    await bed.kustomization('b', { path: './b', suspend: true });
    const revision = await bed.publish(after);
    await bed.until('a', isReadyWith(revision));
    expect(await movedIn(bed)).toBeUndefined();
    await bed.kustomization('b', { path: './b', suspend: false });
    await bed.until('b', isReadyWith(revision));
    await expectMoved(bed);
    expect((await movedIn(bed))?.uid).not.toBe(uid);
  });

  test('is there again as soon as a finalizer lets go of the one that its owner has deleted', async () => {
    await using bed = await neighbours();
    const key = { namespace: bed.namespace, name: 'moved' };
    const hold = (finalizers: readonly string[] | null) =>
      bed.client.patch(
        configMaps,
        { key, patch: { type: 'merge', body: { metadata: { finalizers } } } },
        { signal: AbortSignal.timeout(20_000) },
      );
    await hold(['example.com/hold']);
    const uid = (await movedIn(bed))?.uid;
    await bed.kustomization('b', { path: './b', suspend: true });
    const revision = await bed.publish(after);
    await bed.until('a', isReadyWith(revision));
    expect((await movedIn(bed))?.deletionTimestamp).toBeDefined();
    await bed.kustomization('b', { path: './b', suspend: false });
    await bed.until('b', isReadyWith(revision));
    await hold(null);
    await expect.poll(async () => (await movedIn(bed))?.uid ?? uid, { timeout: 20_000 }).not.toBe(uid);
    await expectMoved(bed);
  });

  test('is there in the end when both come at once, and is never deleted once it was handed over (20 seeds)', async ({ annotate }) => {
    await using bed = await neighbours();
    let kept = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed);
      const [from, to] = seed % 2 === 1 ? ['a', 'b'] : ['b', 'a'];
      const uid = (await movedIn(bed))?.uid;
      const since = bed.proxy.trace.records.length;
      using _slow = bed.proxy.inject({ name: 'slow', probability: 0.3, action: { kind: 'delay', ms: random() * 60 } });
      const revision = await bed.publish(seed % 2 === 1 ? after : before);
      await Promise.all(['a', 'b'].map((name) => bed.until(name, isReadyWith(revision))));
      const now = await movedIn(bed);
      expect([seed, now?.labels?.[NAME_LABEL]]).toEqual([seed, to]);
      const deleted = bed.proxy.trace.records
        .slice(since)
        .filter(({ verb, name, status }) => verb === 'delete' && name === 'moved' && status === 200);
      expect([seed, deleted.length]).toEqual([seed, now?.uid === uid ? 0 : 1]);
      expect([seed, orphansIn(await worldOf(bed, from ?? '')), orphansIn(await worldOf(bed, to ?? ''))]).toEqual([seed, [], []]);
      if (now?.uid === uid) kept += 1;
    }
    await annotate(`kept ${kept} of 20`);
  });
});
