import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { kustomizations } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { ensureNamespace, freePort } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { configMap, expiringJob } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { ANYTHING, serviceAccounts, tenant } from './tenants.ts';
import { condition, failsWith, isReady, isStalled, messageOf, resources, type Testbed, testbed } from './testbed.ts';

/** Where objects are to be applied; the controllers run elsewhere, and know of it what a Secret says. */
const remote = ownCluster();

const WATCHED = { 'reconcile.fluxcd.io/watch': 'Enabled' };
const dataOf = (object: unknown) => (object as { readonly data?: Readonly<Record<string, string>> } | undefined)?.data;

const kubeconfigSecret = (bed: Testbed, kubeconfig: string, key = 'value') =>
  bed.apply(resources.secret, { metadata: { name: 'prod', labels: WATCHED }, data: { [key]: btoa(kubeconfig) } });

/** JSON is YAML. */
interface Kubeconfig {
  readonly clusters: [{ readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }];
  readonly users: [{ readonly user: unknown }];
}
const parsed = async (): Promise<Kubeconfig> => JSON.parse(await readFile(remote.kubeconfigPath, 'utf8')) as Kubeconfig;
const kubeconfig = () => readFile(remote.kubeconfigPath, 'utf8');
const withUser = async (user: unknown) => JSON.stringify({ ...(await parsed()), users: [{ name: 'testkit', user }] });

async function source(bed: Testbed, files: Readonly<Record<string, string>> = { 'map.yaml': configMap('map', { key: 'git' }) }) {
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  return repository;
}

test('objects are applied, put right, pruned and deleted in the cluster of the kubeconfig, and not in ours', async () => {
  await using bed = await testbed();
  await using far = await remote.testbed();
  await kubeconfigSecret(bed, await kubeconfig());
  const repository = await source(bed);
  const kubeConfig = { secretRef: { name: 'prod' } };
  await bed.kustomization('app', { kubeConfig, targetNamespace: far.namespace, wait: true });
  await far.until(resources.configMap, 'map', (it) => dataOf(it)?.key === 'git');
  const ready = await bed.applier('app', isReady);
  expect(ready.status?.inventory?.entries).toEqual([{ id: `${far.namespace}_map__ConfigMap`, v: 'v1' }]);

  await far.merge(resources.configMap, 'map', { data: { key: 'somebody' } }, 'somebody');
  await far.until(resources.configMap, 'map', (it) => dataOf(it)?.key === 'git');

  await repository.commit('another', { 'map.yaml': null, 'other.yaml': configMap('other', {}) });
  await far.untilGone(resources.configMap, 'map');
  await bed.applier('app', isReady);
  await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
  expect(await far.get(resources.configMap, 'other')).toBeUndefined();
});

test('a namespace that the other cluster does not have is not made', async () => {
  await using bed = await testbed();
  await kubeconfigSecret(bed, await kubeconfig());
  await source(bed);
  await bed.kustomization('app', { kubeConfig: { secretRef: { name: 'prod' } }, targetNamespace: 'nowhere' });
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(messageOf(failed)).toContain('ConfigMap/nowhere/map not found: namespaces "nowhere" not found');
});

test('a service account is acted as in the other cluster, where its rights are', async () => {
  await using bed = await testbed();
  await using far = await remote.testbed();
  await kubeconfigSecret(bed, await kubeconfig(), 'config');
  await source(bed);
  const spec = { kubeConfig: { secretRef: { name: 'prod', key: 'config' } }, serviceAccountName: 'deployer', retryInterval: '1s' };
  await bed.kustomization('app', { ...spec, targetNamespace: far.namespace });
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(messageOf(failed)).toContain(`User "system:serviceaccount:${bed.namespace}:deployer" cannot patch resource "configmaps"`);

  await tenant(far, ANYTHING, { namespace: bed.namespace });
  await bed.applier('app', isReady);
  await bed.client.delete(kustomizations, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(kustomizations, 'app');
  expect(await far.get(resources.configMap, 'map')).toBeUndefined();
});

test.each([
  ['that is not there', undefined, "Secret '<ns>/prod': it does not exist"],
  [
    'that starts a program',
    { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'touch', args: ['/tmp/canary'] } },
    "'exec' needs",
  ],
  ['that reads a file of the controller', { tokenFile: '/etc/hostname' }, "'tokenFile' names a file"],
] as const)('a kubeconfig %s fails, saying what is wrong, and is taken up when it is mended', async (...[, user, expected]) => {
  await using bed = await testbed();
  await using far = await remote.testbed();
  if (user !== undefined) await kubeconfigSecret(bed, await withUser(user));
  await source(bed);
  await bed.kustomization('app', { kubeConfig: { secretRef: { name: 'prod' } }, targetNamespace: far.namespace });
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(messageOf(failed)).toMatch(/^failed to build kube client: failed to use the kubeconfig of Secret /);
  expect(messageOf(failed)).toContain(expected.replace('<ns>', bed.namespace));
  await kubeconfigSecret(bed, await kubeconfig());
  await far.until(resources.configMap, 'map', (it) => dataOf(it)?.key === 'git');
  await bed.applier('app', isReady);
});

test('a cluster that does not answer fails its own Kustomization alone, and is used when the kubeconfig leads to one that does', async () => {
  await using bed = await testbed();
  await using far = await remote.testbed();
  const { server } = (await parsed()).clusters[0].cluster;
  await kubeconfigSecret(bed, (await kubeconfig()).replace(server, `https://127.0.0.1:${await freePort()}`));
  await source(bed);
  await bed.kustomization('app', { kubeConfig: { secretRef: { name: 'prod' } }, targetNamespace: far.namespace });
  await bed.kustomization('here');
  const failed = await bed.applier('app', failsWith('ReconciliationFailed'));
  expect(messageOf(failed)).toMatch(/ECONNREFUSED|refused/);
  await bed.applier('here', isReady);
  await kubeconfigSecret(bed, await kubeconfig());
  await bed.applier('app', isReady);
});

test('clusters that take a connection and never answer keep nobody else waiting', async () => {
  await using bed = await testbed();
  const silent = createServer(() => undefined);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const sockets = new Set<Socket>();
  silent.on('connection', (socket) => sockets.add(socket));
  const { server } = (await parsed()).clusters[0].cluster;
  const { port } = silent.address() as AddressInfo;
  await kubeconfigSecret(bed, (await kubeconfig()).replace(server, `https://127.0.0.1:${port}`));
  await source(bed);
  // More than are reconciled at once.
  for (let index = 0; index < 6; index++) await bed.kustomization(`app-${index}`, { kubeConfig: { secretRef: { name: 'prod' } } });
  // They ask for the kinds of their cluster together, once; all that can run wait for the answer then.
  await expect.poll(() => sockets.size, { timeout: 20_000 }).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const before = performance.now();
  await bed.kustomization('here');
  await bed.applier('here', isReady);
  expect(performance.now() - before).toBeLessThan(5_000);
  for (const socket of sockets) socket.destroy();
  silent.close();
});

test('when the kubeconfig leads to another cluster, everything is applied there, and nothing passes for having been there before', async () => {
  await using bed = await testbed();
  await using far = await remote.testbed();
  await ensureNamespace(far.client, bed.namespace, bed.signal);
  await kubeconfigSecret(bed, await kubeconfig());
  await source(bed, { 'map.yaml': configMap('map', { key: 'git' }), 'job.yaml': expiringJob('migrate', 'example.com/migrate:1', 3_600) });
  await bed.kustomization('app', { kubeConfig: { secretRef: { name: 'prod' } } });
  await bed.merge(kustomizations, 'app', { metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/driftDetection': 'warn' } } });
  await bed.applier('app', isReady);
  expect(await bed.get(resources.configMap, 'map')).toBeUndefined();
  await kubeconfigSecret(bed, await readFile(inject('kubeconfigPath'), 'utf8'));
  await bed.until(resources.configMap, 'map', (it) => dataOf(it)?.key === 'git');
  const jobs: Resource = { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', namespaced: true };
  await bed.until(jobs, 'migrate', () => true);
});

test('a ConfigMap may name a cluster, and a service account whose token is used there; a provider that Flux does not have stalls', async () => {
  await using bed = await testbed();
  await source(bed);
  const data = { provider: 'elsewhere', cluster: 'prod' };
  await bed.apply(resources.configMap, { metadata: { name: 'prod', labels: WATCHED }, data });
  await bed.kustomization('app', { kubeConfig: { configMapRef: { name: 'prod' } } });
  const stalled = await bed.applier('app', isStalled);
  expect(condition(stalled, 'Ready')).toMatchObject({
    reason: 'UnsupportedField',
    message: expect.stringContaining('its provider is none of'),
  });

  await bed.apply(serviceAccounts, { metadata: { name: 'prod' } });
  const { server: address, ...cluster } = (await parsed()).clusters[0].cluster;
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64').toString();
  const generic = { provider: 'generic', address, 'ca.crt': ca, serviceAccountName: 'prod', audiences: '[prod]' };
  await bed.apply(resources.configMap, { metadata: { name: 'prod', labels: WATCHED }, data: generic });
  // The other cluster does not know our tokens; that it was asked with one is all that there is to see.
  await bed.applier('app', (it) => failsWith('ReconciliationFailed')(it) && /unauthorized|401/i.test(messageOf(it)));
});
