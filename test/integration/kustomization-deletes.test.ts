import { kustomizations } from '@gotk/api';
import type { Resource, Unstructured } from '@gotk/apimachinery';
import { isNotServed } from '@gotk/kube';
import { customResourceDefinitions, eventually } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { condition, hasApplied, isReady, resources, type Testbed, testbed } from './testbed.ts';

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

/** A kind that is served in two versions, at first. */
async function twoVersions({ client, namespace, signal }: Testbed) {
  const group = `${namespace}.example.com`;
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const serve = async (...served: readonly string[]) => {
    const versions = ['v1', 'v1beta1'].map((name) => ({ name, served: served.includes(name), storage: name === 'v1', schema }));
    const names = { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' };
    const definition: Unstructured = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `widgets.${group}` },
      spec: { group, scope: 'Namespaced', names, versions },
    };
    await client.apply(customResourceDefinitions, definition, { fieldManager: 'install', force: true, signal });
    await eventually(async () => {
      for (const { name } of versions) {
        const list = client.list(at(name), { namespace, signal });
        if (served.includes(name)) await list;
        else await expect(list).rejects.toSatisfy(isNotServed);
      }
    });
  };
  const at = (version: string): Resource => ({ group, version, kind: 'Widget', plural: 'widgets', namespaced: true });
  await serve('v1', 'v1beta1');
  const manifest = (version: string) => `apiVersion: ${group}/${version}\nkind: Widget\nmetadata: { name: web }\n`;
  return { serve, manifest, widgets: at('v1') };
}

test.each<[string, (bed: Testbed, repository: Awaited<ReturnType<Testbed['repository']>>) => Promise<unknown>]>([
  [
    'it is dropped',
    async (bed, repository) => {
      const commit = await repository.commit('without it', { 'widget.yaml': null });
      const { status } = await bed.applier('app', hasApplied(commit));
      expect(status?.inventory?.entries.map(({ id }) => id)).toEqual([`${bed.namespace}_a__ConfigMap`]);
    },
  ],
  [
    'its Kustomization goes',
    async (bed) => {
      await remove(bed);
      await bed.untilGone(kustomizations, 'app');
    },
  ],
])('an object that was applied in a version of its API that is served no more is deleted when %s', async (_what, giveUp) => {
  await using bed = await testbed();
  const { serve, manifest, widgets } = await twoVersions(bed);
  const repository = await bed.repository({ 'widget.yaml': manifest('v1beta1'), 'a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  await serve('v1');
  expect(await bed.get(widgets, 'web')).toBeDefined();
  await giveUp(bed, repository);
  expect(await bed.get(widgets, 'web')).toBeUndefined();
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
