import { kustomizations } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { customResourceDefinitions } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { condition, failsWith, hasApplied, isReady, messageOf, resources, type Testbed, testbed } from './testbed.ts';

const jobs: Resource = { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', namespaced: true };
const storageClasses: Resource = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  namespaced: false,
};

const FORCE = 'kustomize.toolkit.fluxcd.io/force';

const job = (name: string, image: string): string => `apiVersion: batch/v1
kind: Job
metadata: { name: ${name} }
spec:
  template:
    spec: { restartPolicy: Never, containers: [{ name: main, image: ${image} }] }
`;
const immutable = (kind: 'ConfigMap' | 'Secret', name: string, value: string): string =>
  `apiVersion: v1\nkind: ${kind}\nmetadata: { name: ${name} }\nimmutable: true\n${kind === 'Secret' ? 'stringData' : 'data'}: { key: "${value}" }\n`;
const marked = (manifest: string, marks: string): string =>
  manifest.replace(/metadata: \{ name: (\S+) \}/, `metadata: { name: $1, ${marks} }`);
const service = (name: string, spec: string): string =>
  `apiVersion: v1\nkind: Service\nmetadata: { name: ${name} }\nspec: { ${spec}, ports: [{ port: 80 }] }\n`;
const storageClass = (name: string, value: string): string =>
  `apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: ${name} }\nprovisioner: example.com/none\nparameters: { a: "${value}" }\n`;

/** One object and a neighbour, applied well. */
async function applied(bed: Testbed, files: Readonly<Record<string, string>>, spec = {}) {
  const repository = await bed.repository({ 'neighbour.yaml': configMap('neighbour', { a: '1' }), ...files });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', spec);
  await bed.applier('app', isReady);
  return repository;
}

test.each([
  ['a Job', jobs, (name: string) => [job(name, 'one'), job(name, 'two')], /Job\.batch .* is invalid: spec\.template: .*field is immutable/],
  [
    'an immutable ConfigMap',
    resources.configMap,
    (name: string) => [immutable('ConfigMap', name, '1'), immutable('ConfigMap', name, '2')],
    /data: Forbidden: field is immutable when `immutable` is set/,
  ],
  [
    'an immutable Secret',
    resources.secret,
    (name: string) => [immutable('Secret', name, 'CANARY1'), immutable('Secret', name, 'CANARY2')],
    /data: Forbidden: field is immutable when `immutable` is set/,
  ],
  [
    'a StorageClass',
    storageClasses,
    (name: string) => [storageClass(name, '1'), storageClass(name, '2')],
    /parameters: Forbidden: updates to parameters are forbidden/,
  ],
  [
    'a Service that gives up its address',
    resources.service,
    (name: string) => [service(name, 'selector: { app: a }'), service(name, 'clusterIP: None')],
    /spec\.clusterIPs\[0\]: .*may not change once set/,
  ],
] as const)('%s is replaced where spec.force says so, and only there', async (...[, resource, manifests, message]) => {
  await using bed = await testbed();
  const name = `it-${bed.namespace}`;
  const [before = '', after = ''] = manifests(name);
  const repository = await applied(bed, { 'it.yaml': before });
  const [old, neighbour] = [await bed.get(resource, name), await bed.get(resources.configMap, 'neighbour')];

  const commit = await repository.commit('change', { 'it.yaml': after });
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  const text = condition(failed, 'Ready')?.message ?? '';
  expect(text).toContain(`${resource.kind}/${resource.namespaced ? `${bed.namespace}/` : ''}${name} `);
  expect(text).toMatch(/(dry-run|apply) failed \(Invalid\): /);
  expect(text).toMatch(message);
  expect(text).not.toContain('CANARY');
  expect((await bed.get(resource, name))?.metadata.uid).toBe(old?.metadata.uid);

  await bed.merge(kustomizations, 'app', { spec: { force: true } });
  await bed.applier('app', hasApplied(commit));
  expect((await bed.get(resource, name))?.metadata.uid).not.toBe(old?.metadata.uid);
  expect((await bed.get(resources.configMap, 'neighbour'))?.metadata.resourceVersion).toBe(neighbour?.metadata.resourceVersion);
  const created = expect.stringMatching(new RegExp(`${resource.kind}/.*${name} created`));
  await expect
    .poll(() => bed.events('Kustomization', 'app'), { timeout: 20_000 })
    .toContainEqual(expect.objectContaining({ reason: 'Progressing', message: created }));

  await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
});

test.each([
  ['a label in Git', `labels: { ${FORCE}: enabled }`],
  ['an annotation in Git', `annotations: { ${FORCE}: Enabled }`],
] as const)('an object is replaced by its own wish, %s; another that did not ask is not, and stops both', async (_where, marks) => {
  await using bed = await testbed();
  const repository = await applied(bed, {
    'asks.yaml': immutable('ConfigMap', 'asks', '1'),
    'not.yaml': immutable('ConfigMap', 'not', '1'),
  });
  const uidOf = async (name: string) => (await bed.get(resources.configMap, name))?.metadata.uid;
  const before = { asks: await uidOf('asks'), not: await uidOf('not') };

  await repository.commit('both', {
    'asks.yaml': marked(immutable('ConfigMap', 'asks', '2'), marks),
    'not.yaml': immutable('ConfigMap', 'not', '2'),
  });
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(condition(failed, 'Ready')?.message).toContain(`ConfigMap/${bed.namespace}/not dry-run failed`);
  const commit = await repository.commit('one', { 'not.yaml': immutable('ConfigMap', 'not', '1') });
  await bed.applier('app', hasApplied(commit));
  expect(await bed.get(resources.configMap, 'asks')).toMatchObject({ data: { key: '2' } });
  expect(await uidOf('asks')).not.toBe(before.asks);
  expect(await uidOf('not')).toBe(before.not);
});

test('a live object that asks for it is replaced as well', async () => {
  await using bed = await testbed();
  const repository = await applied(bed, { 'it.yaml': immutable('ConfigMap', 'it', '1') });
  await bed.merge(resources.configMap, 'it', { metadata: { annotations: { [FORCE]: 'ENABLED' } } });
  const commit = await repository.commit('change', { 'it.yaml': immutable('ConfigMap', 'it', '2') });
  await bed.applier('app', hasApplied(commit));
  expect(await bed.get(resources.configMap, 'it')).toMatchObject({ data: { key: '2' } });
});

test('an object that is wrong in itself is not deleted, whatever spec.force says', async () => {
  await using bed = await testbed();
  const repository = await applied(bed, { 'it.yaml': job('it', 'one') }, { force: true });
  const uid = (await bed.get(jobs, 'it'))?.metadata.uid;
  await repository.commit('bad', { 'it.yaml': job('it', 'two').replace('restartPolicy: Never', 'restartPolicy: Sometimes') });
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(condition(failed, 'Ready')?.message).toContain('restartPolicy');
  const live = await bed.get(jobs, 'it');
  expect([live?.metadata.uid, live?.metadata.deletionTimestamp]).toEqual([uid, undefined]);
});

test('an object whose finalizer never ends is waited for until spec.timeout, and named with it; it is replaced once it has gone', async () => {
  await using bed = await testbed();
  const repository = await applied(
    bed,
    { 'it.yaml': immutable('ConfigMap', 'it', '1') },
    { force: true, timeout: '3s', retryInterval: '1s' },
  );
  await bed.merge(resources.configMap, 'it', { metadata: { finalizers: ['example.com/never'] } });
  const commit = await repository.commit('change', { 'it.yaml': immutable('ConfigMap', 'it', '2') });
  const message = `ConfigMap/${bed.namespace}/it immutable field detected, failed to wait for object to be deleted: it is still there: held by example.com/never`;
  // A run that had no time left to come so far says something else.
  const failed = await bed.applier('app', (it) => failsWith('ReconciliationFailed')(it) && messageOf(it) === message);
  expect(failed.status?.inventory?.entries.map(({ id }) => id)).toContain(`${bed.namespace}_it__ConfigMap`);
  await bed.merge(resources.configMap, 'it', { metadata: { finalizers: null } });
  await bed.applier('app', hasApplied(commit));
  expect(await bed.get(resources.configMap, 'it')).toMatchObject({ data: { key: '2' } });
});

test('a rule in CEL that says no to a change in words of its own is one too', async () => {
  await using bed = await testbed();
  const group = `${bed.namespace}.example.com`;
  const widgets: Resource = { group, version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
  const rule = { rule: 'self == oldSelf', message: 'once is enough' };
  const size = { type: 'string', 'x-kubernetes-validations': [rule] };
  const schema = { type: 'object', properties: { spec: { type: 'object', properties: { size } } } };
  const definition = {
    group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
  };
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: definition,
  };
  const widget = (value: string) => `apiVersion: ${group}/v1\nkind: Widget\nmetadata: { name: it }\nspec: { size: ${value} }\n`;
  const repository = await applied(bed, { 'crd.yaml': JSON.stringify(crd), 'it.yaml': widget('small') }, { force: true });
  const uid = (await bed.get(widgets, 'it'))?.metadata.uid;
  const commit = await repository.commit('change', { 'it.yaml': widget('large') });
  await bed.applier('app', hasApplied(commit));
  expect(await bed.get(widgets, 'it')).toMatchObject({ spec: { size: 'large' } });
  expect((await bed.get(widgets, 'it'))?.metadata.uid).not.toBe(uid);
  await bed.client.delete(customResourceDefinitions, { namespace: '', name: `widgets.${group}` }, { signal: bed.signal });
});
