import { gitRepositories, kustomizations } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { expect, inject, test } from 'vitest';
import { configMap, deployment } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { ownToolkit } from './own-toolkit.ts';
import { ANYTHING, requestsAbout, serviceAccounts, tenant } from './tenants.ts';
import { failsWith, isReady, messageOf, resources, type Testbed, testbed } from './testbed.ts';

const cluster = ownCluster();

const key = (bed: Testbed, name: string) => ({ namespace: bed.namespace, name });
const dataOf = (object: unknown) => (object as { readonly data?: Readonly<Record<string, string>> } | undefined)?.data;

test('P9: every request about an object is made as the service account: dry-run, apply, watch, health, drift, prune and deletion', async () => {
  await using bed = await testbed();
  await tenant(bed, ANYTHING);
  const repository = await bed.repository({
    'app.yaml': deployment('app', 'registry.example.com/app:1'),
    'map.yaml': configMap('map', { key: 'git' }),
    'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: secret }\nstringData: { a: b }\n',
    'stale.yaml': configMap('stale', {}),
  });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { serviceAccountName: 'deployer', wait: true, deletionPolicy: 'WaitForTermination' });
  await bed.applier('app', isReady);

  await bed.merge(resources.configMap, 'map', { data: { key: 'somebody' } }, 'somebody');
  await bed.until(resources.configMap, 'map', (it) => dataOf(it)?.key === 'git');

  await repository.commit('without stale', { 'stale.yaml': null });
  await bed.untilGone(resources.configMap, 'stale');
  await bed.client.delete(kustomizations, key(bed, 'app'), { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
  expect(await bed.get(resources.configMap, 'map')).toBeUndefined();

  const auditLog = inject('auditLog');
  if (auditLog === '') return;
  const all = await requestsAbout(bed.namespace, auditLog);
  const about = all.filter(({ resource }) => ['deployments', 'configmaps', 'secrets'].includes(resource));
  expect(new Set(about.map(({ actingAs }) => actingAs))).toEqual(new Set([`system:serviceaccount:${bed.namespace}:deployer`]));
  const done = new Set(about.map(({ verb, dryRun }) => (dryRun ? 'dry-run' : verb)));
  expect([...done].sort()).toEqual(expect.arrayContaining(['delete', 'dry-run', 'patch', 'watch']));
  // Its own work is its own: the Kustomization's status, a look at the source before anything is pruned, and events.
  const own = all.filter(({ actingAs }) => actingAs === '');
  expect(new Set(own.map(({ resource }) => resource))).toEqual(new Set(['gitrepositories', 'events', 'kustomizations', 'serviceaccounts']));
});

test('what the service account may not do is not done, and says which verb on which resource; what it may do stays undone with it', async () => {
  await using bed = await testbed();
  await using other = await testbed();
  await tenant(bed, ANYTHING);
  const intruding = configMap('theirs', { key: 'git' }).replace('  name: theirs\n', `  name: theirs\n  namespace: ${other.namespace}\n`);
  const repository = await bed.repository({ 'mine.yaml': configMap('mine', {}), 'theirs.yaml': intruding });
  await bed.gitRepository('repo', { url: repository.url });
  // Without a target namespace each object goes where it says, or has to say where.
  await repository.commit('where', {
    'mine.yaml': configMap('mine', {}).replace('  name: mine\n', `  name: mine\n  namespace: ${bed.namespace}\n`),
  });
  await bed.request(gitRepositories, 'repo');
  await bed.apply(kustomizations as unknown as Resource, {
    metadata: { name: 'app' },
    spec: {
      interval: '10m',
      prune: true,
      serviceAccountName: 'deployer',
      sourceRef: { kind: 'GitRepository', name: 'repo' },
    },
  });
  const failed = await bed.applier('app', (it) => failsWith('ReconciliationFailed')(it) && messageOf(it).includes('(Forbidden)'));
  expect(messageOf(failed)).toMatch(new RegExp(`^ConfigMap/${other.namespace}/theirs (dry-run|apply) failed \\(Forbidden\\): `));
  expect(messageOf(failed)).toMatch(/cannot patch resource "configmaps" in API group "" in the namespace/);
  expect(await other.get(resources.configMap, 'theirs')).toBeUndefined();
  expect(await bed.get(resources.configMap, 'mine')).toBeUndefined();
});

test('a right that is missing for a Secret is named, and nothing of the Secret is', async () => {
  await using bed = await testbed();
  await tenant(bed, [{ resources: ['configmaps'], verbs: ['*'] }]);
  const repository = await bed.repository({
    'secret.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: secret }\nstringData: { a: CANARY }\n',
  });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { serviceAccountName: 'deployer' });
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(messageOf(failed)).toBe(
    `Secret/${bed.namespace}/secret apply failed (Forbidden): the account that is acted as cannot patch secrets there`,
  );
});

test('without the right to watch or list, objects become healthy, stay as they are, and are put right at the interval', async () => {
  await using bed = await testbed();
  const verbs = ['get', 'create', 'patch', 'delete'];
  await tenant(bed, [
    { resources: ['configmaps'], verbs },
    { apiGroups: ['apps'], resources: ['deployments'], verbs },
  ]);
  const repository = await bed.repository({
    'app.yaml': deployment('app', 'registry.example.com/app:1'),
    'map.yaml': configMap('map', { key: 'git' }),
    'stale.yaml': configMap('stale', {}),
  });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { interval: '2s', serviceAccountName: 'deployer', wait: true, timeout: '30s' });
  await bed.applier('app', isReady);

  await bed.merge(resources.configMap, 'map', { data: { key: 'somebody' } }, 'somebody');
  await bed.until(resources.configMap, 'map', (it) => dataOf(it)?.key === 'git');
  await bed.merge(resources.configMap, 'map', {
    metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } },
    data: { key: 'mine' },
  });
  await repository.commit('without stale', { 'stale.yaml': null });
  await bed.untilGone(resources.configMap, 'stale');
  await bed.applier('app', isReady);
  expect(dataOf(await bed.get(resources.configMap, 'map'))).toEqual({ key: 'mine' });

  const told = async () => (await bed.events('Kustomization', 'app')).map(({ message }) => message);
  await expect
    .poll(told, { timeout: 20_000 })
    .toContainEqual(expect.stringContaining(`ConfigMap/${bed.namespace}/map: data.key changed by 'somebody'`));
  expect((await told()).filter((message) => message.includes('Deployment'))).toEqual([expect.stringContaining(' created')]);
});

test('health is looked at as the service account: what it may not get fails the check, naming the right', async () => {
  await using bed = await testbed();
  await using other = await testbed();
  await tenant(bed, ANYTHING);
  await other.apply(resources.configMap, { metadata: { name: 'theirs' }, data: { key: 'CANARY' } });
  const repository = await bed.repository({ 'map.yaml': configMap('map', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', {
    serviceAccountName: 'deployer',
    healthChecks: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'theirs', namespace: other.namespace }],
  });
  const failed = await bed.applier('app', failsWith('HealthCheckFailed'));
  expect(messageOf(failed)).toMatch(/cannot get resource "configmaps" in API group "" in the namespace/);
});

test('deletion waits for the right to delete, and names it', async () => {
  await using bed = await testbed();
  await tenant(bed, [{ resources: ['configmaps'], verbs: ['get', 'list', 'watch', 'create', 'patch'] }]);
  const repository = await bed.repository({ 'map.yaml': configMap('map', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { serviceAccountName: 'deployer' });
  await bed.applier('app', isReady);
  await bed.client.delete(kustomizations, key(bed, 'app'), { signal: bed.signal });
  await expect
    .poll(async () => (await bed.events('Kustomization', 'app')).map(({ message }) => message).join('\n'), { timeout: 10_000 })
    .toMatch(/cannot delete resource "configmaps"/);
  expect(await bed.get(kustomizations, 'app')).toBeDefined();
  await tenant(bed, ANYTHING);
  await bed.untilGone(kustomizations, 'app');
  expect(await bed.get(resources.configMap, 'map')).toBeUndefined();
});

test('a Kustomization whose service account is gone can be deleted; its objects stay, and are named', async () => {
  await using bed = await testbed();
  await tenant(bed, ANYTHING);
  const repository = await bed.repository({ 'map.yaml': configMap('map', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { serviceAccountName: 'deployer' });
  await bed.applier('app', isReady);
  await bed.client.delete(serviceAccounts, key(bed, 'deployer'), { signal: bed.signal });
  await bed.client.delete(kustomizations, key(bed, 'app'), { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
  expect(await bed.get(resources.configMap, 'map')).toBeDefined();
  await expect
    .poll(() => bed.events('Kustomization', 'app'), { timeout: 20_000 })
    .toContainEqual({ type: 'Warning', reason: 'PruneFailed', message: `unable to prune objects: \nConfigMap/${bed.namespace}/map` });
});

test('another service account takes over what the one before has applied', async () => {
  await using bed = await testbed();
  await tenant(bed, ANYTHING, { name: 'one' });
  await tenant(bed, ANYTHING, { name: 'two' });
  const repository = await bed.repository({ 'map.yaml': configMap('map', { key: 'git' }) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { serviceAccountName: 'one' });
  await bed.applier('app', isReady);
  const before = await bed.get(resources.configMap, 'map');
  await bed.kustomization('app', { serviceAccountName: 'two' });
  await bed.applier('app', isReady);
  await bed.merge(resources.configMap, 'map', { data: { key: 'somebody' } }, 'somebody');
  const after = await bed.until(resources.configMap, 'map', (it) => dataOf(it)?.key === 'git');
  expect(after.metadata.uid).toBe(before?.metadata.uid);
});

test('with --default-service-account nobody acts as the controller, and a Kustomization may name another account of its namespace', async () => {
  await using bed = await cluster.testbed();
  await using _toolkit = await ownToolkit(cluster, bed, ['--default-service-account=tenant']);
  const repository = await bed.repository({ 'map.yaml': configMap('map', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app', { retryInterval: '1s' });
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(messageOf(failed)).toContain(`User "system:serviceaccount:${bed.namespace}:tenant" cannot patch resource "configmaps"`);
  await tenant(bed, ANYTHING, { name: 'tenant' });
  await bed.applier('app', isReady);

  await bed.kustomization('app', { retryInterval: '1s', serviceAccountName: 'other' });
  const other = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(messageOf(other)).toContain(`User "system:serviceaccount:${bed.namespace}:other" cannot patch resource "configmaps"`);
  await tenant(bed, ANYTHING, { name: 'other' });
  await bed.applier('app', isReady);
  await bed.client.delete(kustomizations, key(bed, 'app'), { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
  expect(await bed.get(resources.configMap, 'map')).toBeUndefined();
});
