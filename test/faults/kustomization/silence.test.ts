import { expect, test } from 'vitest';
import { applierBed, isReadyWith } from './bed.ts';
import { configMap, configMaps, contentOf } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';

const cluster = ownCluster();

/** Noticed within 62 s, and five more to put things right on a machine that does other things as well. */
const HEALED_MS = 75_000;

test('F4: watches that go silent are noticed: what changed meanwhile is applied, and what drifted is put right', {
  timeout: 150_000,
}, async ({ annotate }) => {
  await using bed = await applierBed(cluster.plane);
  await bed.start();
  await bed.kustomization('app');
  await bed.kustomization('other', { sourceRef: { kind: 'GitRepository', name: 'other' } });
  for (const [name, source] of [['app', 'repo'] as const, ['other', 'other'] as const])
    await bed.until(name, isReadyWith(await bed.publish({ 'map.yaml': configMap(name) }, source)));

  // As when their path through the network has died: those that are opened anew are free.
  using silent = bed.proxy.holdWatches({ events: 'swallow', watches: 'open' });
  expect(silent.held).toBeGreaterThan(4);
  const began = performance.now();
  const key = { namespace: bed.namespace, name: 'other' };
  const signal = AbortSignal.timeout(HEALED_MS + 30_000);
  await bed.client.patch(configMaps, { key, patch: { type: 'merge', body: { data: { content: 'drifted' } } } }, { signal });
  const revision = await bed.publish({ 'map.yaml': configMap('app', 'second') });
  await expect
    .poll(async () => contentOf(await bed.client.get(configMaps, key, { signal })), { timeout: HEALED_MS, interval: 200 })
    .toBe('first');
  const driftMs = performance.now() - began;
  await expect.poll(async () => (await bed.get('app'))?.status?.lastAppliedRevision, { timeout: HEALED_MS, interval: 200 }).toBe(revision);
  await annotate(
    `drift undone after ${Math.round(driftMs / 1000)} s, the revision applied after ${Math.round((performance.now() - began) / 1000)} s`,
  );
  expect(performance.now() - began).toBeLessThan(HEALED_MS);
});
