import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { gitRepositories } from '@gotk/api';
import type { KubeObject, Resource, Unstructured } from '@gotk/apimachinery';
import { isNotFound } from '@gotk/kube';
import { checkInvariants, ensureNamespace, eventually } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { type ApplierBed, applierBed, conditionOf, failsWith, isReadyWith } from './bed.ts';
import { configMap, configMaps, contentOf } from './config-map.ts';
import { ownCluster } from './own-cluster.ts';
import { twentyObjects } from './twenty-objects.ts';
import { inventoryOf, orphansIn, phantomsIn, worldOf } from './world.ts';

// Namespaces go by the hand of a controller of the control plane, which deletes what is in them in an order of its own.
const cluster = ownCluster({ controllerManager: true });

const within = () => AbortSignal.timeout(30_000);
const namespaces: Resource<KubeObject> = { group: '', version: 'v1', kind: 'Namespace', plural: 'namespaces', namespaced: false };
const core = (kind: string, plural: string): Resource => ({ group: '', version: 'v1', kind, plural, namespaced: true });
const clusterRoleBindings: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
};

const removeNamespace = ({ client }: ApplierBed, name: string) =>
  client.delete(namespaces, { namespace: '', name }, { signal: within() }).then(() => undefined);

async function untilNamespaceGone({ client, log }: ApplierBed, name: string): Promise<void> {
  await eventually(
    async () => {
      const found = await client.get(namespaces, { namespace: '', name }, { signal: within() }).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      if (found !== undefined) throw new Error(`${JSON.stringify(found, null, 1)}\n${(await log()).slice(-3_000)}`);
    },
    { timeoutMs: 40_000, intervalMs: 100 },
  );
}

const make = ({ client }: ApplierBed, resource: Resource, object: Pick<Unstructured, 'metadata'> & Readonly<Record<string, unknown>>) => {
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  return client.apply(resource, { ...object, apiVersion, kind: resource.kind }, { fieldManager: 'test', force: true, signal: within() });
};

const manifest = (object: Unstructured): string => `${JSON.stringify(object)}\n`;

/** Whatever carries the labels of a Kustomization of this name, wherever it is. */
const left = async (bed: ApplierBed, name: string) => [...(await worldOf(bed, name)).objects.keys()];

/** Nobody is busy with what is no more (I13). */
async function expectQuiet({ proxy }: ApplierBed): Promise<void> {
  expect(checkInvariants({ requests: proxy.trace.records, runs: [] }, {})).toEqual([]);
  const before = proxy.trace.records.length;
  await delay(2_000);
  const asked = proxy.trace.records.slice(before).map(({ verb, path }) => `${verb} ${path}`);
  // A watch may just have ended, or an event be told late.
  expect(asked.length, asked.join(', ')).toBeLessThanOrEqual(2);
}

/** Kustomizations that each have a reason of their own to hold their namespace up. */
async function populate(bed: ApplierBed, outside: string): Promise<readonly string[]> {
  const { client, namespace, proxy } = bed;
  await ensureNamespace(client, outside, within());
  for (const name of ['deployer', 'other']) {
    await make(bed, core('ServiceAccount', 'serviceaccounts'), { metadata: { name, namespace } });
    await make(bed, clusterRoleBindings, {
      metadata: { name: `${namespace}-${name}` },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    });
  }
  const stringData = { value: await readFile(proxy.kubeconfigPath, 'utf8') };
  await make(bed, core('Secret', 'secrets'), { metadata: { name: 'cluster', namespace }, stringData });
  const revision = await bed.publish({
    'inside/objects.yaml': ['a', 'b', 'c'].map((name) => configMap(name)).join('---\n'),
    'wide/map.yaml': manifest({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'wide', namespace: outside } }),
    'wide/role.yaml': manifest({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: `${namespace}-wide` },
    }),
    ...Object.fromEntries(['tenant', 'remote', 'last'].map((name) => [`${name}/map.yaml`, configMap(name)])),
  });
  await bed.kustomization('inside', { path: './inside' });
  await bed.kustomization('wide', { path: './wide', targetNamespace: undefined });
  await bed.kustomization('tenant', { path: './tenant', serviceAccountName: 'deployer' });
  await bed.kustomization('remote', { path: './remote', kubeConfig: { secretRef: { name: 'cluster' } }, targetNamespace: outside });
  await bed.kustomization('last', {
    path: './last',
    deletionPolicy: 'WaitForTermination',
    dependsOn: [{ name: 'inside' }, { name: 'tenant' }],
  });
  const names = ['inside', 'wide', 'tenant', 'remote', 'last'];
  for (const name of names) await bed.until(name, isReadyWith(revision));
  return names;
}

describe('F28: a namespace that is deleted', () => {
  test('with Kustomizations in it goes for good, whoever they act as, and takes along what they have applied elsewhere', {
    timeout: 120_000,
  }, async ({ annotate }) => {
    await using bed = await applierBed(cluster.plane);
    const { client, namespace } = bed;
    const outside = `${namespace}-outside`;
    await bed.start({ flags: ['--allow-local-addresses'] });
    const names = await populate(bed, outside);
    const hold = (finalizers: readonly string[] | null) =>
      client.patch(
        configMaps,
        { key: { namespace, name: 'a' }, patch: { type: 'merge', body: { metadata: { finalizers } } } },
        { signal: within() },
      );
    await hold(['example.com/hold']);
    const began = performance.now();
    await removeNamespace(bed, namespace);
    for (const name of names) await bed.untilGone(name);
    const goneMs = performance.now() - began;
    // What somebody else holds is not ours to let go.
    await hold(null);
    await untilNamespaceGone(bed, namespace);
    await annotate(`no Kustomization was left after ${Math.round(goneMs)} ms`);
    expect(await left(bed, 'wide')).toEqual([]);
    await expectQuiet(bed);

    await ensureNamespace(client, namespace, within());
    const revision = await bed.publish({ 'map.yaml': configMap('new') });
    await bed.kustomization('inside');
    await bed.until('inside', isReadyWith(revision));
    const world = await worldOf(bed, 'inside');
    expect([inventoryOf(world), orphansIn(world)]).toEqual([[`${namespace}_new__ConfigMap`], []]);
  });

  test('while no controller runs goes when one does', { timeout: 120_000 }, async () => {
    await using bed = await applierBed(cluster.plane);
    const { namespace } = bed;
    const flags = ['--allow-local-addresses'];
    const first = await bed.start({ flags });
    await populate(bed, `${namespace}-outside`);
    await first.stop();
    await removeNamespace(bed, namespace);
    // What nobody holds goes in no particular order: accounts, the kubeconfig, the source.
    await eventually(async () => {
      for (const resource of [core('ServiceAccount', 'serviceaccounts'), core('Secret', 'secrets'), gitRepositories]) {
        const { items } = await bed.client.list<KubeObject>(resource, { namespace, signal: within() });
        if (items.length > 0) throw new Error(`${resource.plural} are still there`);
      }
    });
    await bed.start({ flags });
    await untilNamespaceGone(bed, namespace);
    expect(await left(bed, 'wide')).toEqual([]);
    // Nobody is left who could delete it: it is told.
    expect(await bed.log()).toMatch(/unable to prune objects: \\nConfigMap\/[\w-]+\/remote/);
    await expectQuiet(bed);
  });

  test('in the middle of an upgrade fails it until it is there again, and then everything is', { timeout: 120_000 }, async () => {
    await using bed = await applierBed(cluster.plane);
    const { client, namespace, proxy } = bed;
    const inside = `${namespace}-inside`;
    await ensureNamespace(client, inside, within());
    await bed.start();
    const installed = await bed.publish(twentyObjects(namespace, 'first'));
    await bed.kustomization('app', { targetNamespace: inside, retryInterval: '1s' });
    await bed.until('app', isReadyWith(installed));
    const slow = proxy.inject({ name: 'slow', verbs: ['apply'], action: { kind: 'delay', ms: 100 } });
    const revision = await bed.publish(twentyObjects(namespace, 'second'));
    const applied = () => proxy.trace.records.filter(({ verb, dryRun, fault }) => verb === 'apply' && !dryRun && fault === 'delay').length;
    await expect.poll(applied, { timeout: 30_000, interval: 5 }).toBeGreaterThan(5);
    await removeNamespace(bed, inside);
    const failed = await bed.until('app', failsWith('ReconciliationFailed'));
    slow[Symbol.dispose]();
    expect(conditionOf(failed, 'Ready')?.message).toMatch(/being terminated|not found/);
    await untilNamespaceGone(bed, inside);
    await delay(3_000);
    expect(checkInvariants({ requests: proxy.trace.records, runs: [] }, {})).toEqual([]);
    await ensureNamespace(client, inside, within());
    await bed.until('app', isReadyWith(revision));
    const world = await worldOf(bed, 'app');
    expect([orphansIn(world), phantomsIn(world), world.objects.size]).toEqual([[], [], 21]);
    await bed.remove('app');
    await bed.untilGone('app');
    expect(await left(bed, 'app')).toEqual([]);
  });

  test('with its objects and definitions, by the Kustomization that has made all of them, goes after what is in it', {
    timeout: 120_000,
  }, async () => {
    await using bed = await applierBed(cluster.plane);
    const { namespace, proxy } = bed;
    const [own, group] = [`${namespace}-own`, `${namespace}.example.com`];
    await bed.start();
    const revision = await bed.publish({
      'namespace.yaml': manifest({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: own } }),
      'map.yaml': configMap('map').replace('"name":"map"', `"name":"map","namespace":"${own}"`),
      'definition.yaml': manifest({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: `things.${group}` },
        spec: {
          group,
          names: { kind: 'Thing', plural: 'things', singular: 'thing', listKind: 'ThingList' },
          scope: 'Namespaced',
          versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
        },
      } as Unstructured),
      'thing.yaml': manifest({ apiVersion: `${group}/v1`, kind: 'Thing', metadata: { name: 'thing', namespace: own } }),
    });
    await bed.kustomization('app', { targetNamespace: undefined, deletionPolicy: 'WaitForTermination' });
    await bed.until('app', isReadyWith(revision));
    expect(contentOf(await bed.client.get(configMaps, { namespace: own, name: 'map' }, { signal: within() }))).toBe('first');
    await bed.remove('app');
    await bed.untilGone('app');
    await untilNamespaceGone(bed, own);
    const deleted = proxy.trace.records.flatMap(({ verb, resource, status }) => (verb === 'delete' && status === 200 ? [resource] : []));
    const order = ['things', 'configmaps', 'customresourcedefinitions', 'namespaces'].map((resource) => deleted.indexOf(resource));
    expect(order).not.toContain(-1);
    expect(Math.max(order[0] ?? 0, order[1] ?? 0)).toBeLessThan(Math.min(order[2] ?? 0, order[3] ?? 0));
    await expectQuiet(bed);
  });
});
