import { kustomizations } from '@gotk/api';
import { expect, test } from 'vitest';
import { applierBed, conditionOf, isReadyWith } from './bed.ts';
import { configMap, configMaps } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';

const cluster = ownCluster();
const within = () => AbortSignal.timeout(20_000);

test('driftDetection: warn: what is deleted while another object is looked at is told of as well, and not made anew', async () => {
  await using bed = await applierBed(cluster.plane);
  const { client, namespace, proxy } = bed;
  await bed.start();
  const revision = await bed.publish({ 'a.yaml': configMap('a'), 'b.yaml': configMap('b') });
  await bed.kustomization('app');
  await bed.until('app', isReadyWith(revision));
  const annotations = { 'kustomize.toolkit.fluxcd.io/driftDetection': 'warn' };
  const app = { namespace, name: 'app' };
  await client.patch(kustomizations, { key: app, patch: { type: 'merge', body: { metadata: { annotations } } } }, { signal: within() });
  const token = await bed.request('app');
  await bed.until('app', ({ status }) => status?.lastHandledReconcileAt === token);

  const slow = proxy.inject({ name: 'slow', verbs: ['get'], path: /configmaps\/a/, action: { kind: 'delay', ms: 1_000 } });
  const [a, b] = [
    { namespace, name: 'a' },
    { namespace, name: 'b' },
  ];
  await client.patch(configMaps, { key: a, patch: { type: 'merge', body: { data: { content: 'theirs' } } } }, { signal: within() });
  await expect.poll(() => slow.hits, { timeout: 10_000 }).toBeGreaterThan(0);
  const written = bed.writes().length;
  await client.delete(configMaps, b, { signal: within() });

  const lines = [`ConfigMap/${namespace}/a: data.content changed`, `ConfigMap/${namespace}/b: deleted`];
  await bed.until('app', (it) => lines.every((line) => conditionOf(it, 'Drifted')?.message.includes(line) === true));
  expect(
    bed
      .writes()
      .slice(written)
      .map(({ resource }) => resource),
  ).not.toContain('configmaps');
});
