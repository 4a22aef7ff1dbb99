import { kustomizations } from '@gotk/api';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { condition, isReady, resources, type Testbed, testbed } from './testbed.ts';

async function applied(bed: Testbed, spec: Parameters<Testbed['kustomization']>[1] = {}) {
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}), 'b.yaml': configMap('b', {}) });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', spec);
  await bed.applier('app', isReady);
  return repository;
}

const remove = (bed: Testbed) => bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });

test.each([
  ['with prune', { prune: true }, false],
  ['without prune', { prune: false }, true],
  ['with the policy Delete', { prune: false, deletionPolicy: 'Delete' }, false],
  ['with the policy Orphan', { prune: true, deletionPolicy: 'Orphan' }, true],
  ['with the policy WaitForTermination', { prune: true, deletionPolicy: 'WaitForTermination' }, false],
] as const)('%s, what was applied %#', async (_what, spec, stays) => {
  await using bed = await testbed();
  await applied(bed, spec);
  await remove(bed);
  await bed.untilGone(kustomizations, 'app');
  const left = await Promise.all(['a', 'b'].map((name) => bed.get(resources.configMap, name)));
  expect(left.every((object) => (object !== undefined) === stays)).toBe(true);
});

test('a suspended Kustomization leaves its objects behind when it is deleted', async () => {
  await using bed = await testbed();
  await applied(bed);
  await bed.merge(kustomizations, 'app', { spec: { suspend: true } });
  await remove(bed);
  await bed.untilGone(kustomizations, 'app');
  expect(await bed.get(resources.configMap, 'a')).toBeDefined();
});

test('an object that opted out of pruning, or lost our labels, is never deleted', async () => {
  await using bed = await testbed();
  const repository = await applied(bed);
  await bed.merge(resources.configMap, 'a', { metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'Disabled' } } });
  await repository.commit('without a', { 'a.yaml': null });
  await bed.applier('app', (it) => isReady(it) && it.status?.inventory?.entries.length === 1);
  expect(await bed.get(resources.configMap, 'a')).toBeDefined();
});

test('what a finalizer holds stays in the inventory until it is really gone', async () => {
  await using bed = await testbed();
  const repository = await applied(bed);
  await bed.merge(resources.configMap, 'a', { metadata: { finalizers: ['example.com/hold'] } });
  const commit = await repository.commit('without a', { 'a.yaml': null });
  const held = await bed.applier('app', (it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`);
  expect(held.status?.inventory?.entries.map(({ id }) => id)).toContain(`${bed.namespace}_a__ConfigMap`);
  await bed.merge(resources.configMap, 'a', { metadata: { finalizers: null } });
  await bed.applier('app', (it) => it.status?.inventory?.entries.length === 1);
});

test('termination is waited for when the policy says so', async () => {
  await using bed = await testbed();
  await applied(bed, { deletionPolicy: 'WaitForTermination' });
  await bed.merge(resources.configMap, 'a', { metadata: { finalizers: ['example.com/hold'] } });
  await remove(bed);
  const waiting = await bed.applier('app', (it) => condition(it, 'Ready')?.message.startsWith('waiting for the termination') === true);
  expect(waiting.metadata.deletionTimestamp).toBeDefined();
  await bed.merge(resources.configMap, 'a', { metadata: { finalizers: null } });
  await bed.untilGone(kustomizations, 'app');
});
