import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually, installCrds, startControllerProcess, startControlPlane, startToolkit } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { configMap } from './manifests.ts';
import { isReady, resources, type Testbed, testbed } from './testbed.ts';

// These controllers are the test's own: they look at its namespace alone. Those of everybody look at it as well, which is what two of a kind must bear.

async function own(bed: Testbed, { kubeconfigPath = inject('kubeconfigPath') }: { readonly kubeconfigPath?: string } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-lifecycle-'));
  const start = (name: string) =>
    startToolkit({
      kubeconfigPath,
      namespace: bed.namespace,
      directory: join(directory, name),
      watchAllNamespaces: false,
    });
  return { start, directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true, maxRetries: 5 }) };
}

const bundle = (name: string) => fileURLToPath(new URL(`../../packages/${name}/dist/main.js`, import.meta.url));

test('SIGTERM ends a controller with exit code 0, in time, leaving nothing in its temporary directory', async () => {
  await using bed = await testbed();
  await using place = await own(bed);
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}) });
  const toolkit = await place.start('one');
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  const codes = await Promise.all(toolkit.controllers.map(({ stop }) => stop({ graceMs: 8_000 })));
  expect(codes).toEqual([0, 0]);
  expect((await readdir(join(place.directory, 'one'))).filter((name) => name.startsWith('gotk-'))).toEqual([]);
});

test('controllers that are killed at any moment are taken up where they were by the next', async () => {
  await using plane = await startControlPlane({ controllerManager: false });
  await using bed = await testbed(plane);
  await installCrds(bed.client, bed.signal);
  await using place = await own(bed, { kubeconfigPath: plane.kubeconfigPath });
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${index}.yaml`, configMap(`cm-${index}`, {})]));
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  for (const afterMs of [0, 40, 80, 120, 200, 400]) {
    await bed.kustomization('app', { commonMetadata: { annotations: { round: String(afterMs) } } });
    const toolkit = await place.start(`killed-${afterMs}`);
    await delay(afterMs);
    for (const { pid } of toolkit.controllers) process.kill(pid, 'SIGKILL');
  }
  const commit = await repository.commit(
    'half of it',
    Object.fromEntries(
      Object.keys(files)
        .slice(15)
        .map((path) => [path, null]),
    ),
  );
  await using _last = await place.start('last');
  const applied = await bed.applier('app', (it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`);
  expect(applied.status?.inventory?.entries).toHaveLength(15);
  const { items } = await bed.client.list(resources.configMap, { namespace: bed.namespace, signal: bed.signal });
  const ours = items.filter(({ metadata }) => metadata.name.startsWith('cm-'));
  expect(ours).toHaveLength(15);
  expect(ours.every(({ metadata }) => metadata.annotations?.round === '400')).toBe(true);
});

test('of two replicas one works; the other takes over when the first goes, without waiting for the lease to run out', async () => {
  await using bed = await testbed();
  await using place = await own(bed);
  const replica = (name: string) =>
    startControllerProcess({
      name,
      bundle: bundle('kustomize-controller'),
      kubeconfig: inject('kubeconfigPath'),
      namespace: bed.namespace,
      logFile: join(place.directory, `${name}.log`),
      flags: ['--enable-leader-election', '--watch-all-namespaces=false', '--leader-election-retry-period=1s'],
    });
  const leads = async (name: string) => (await readFile(join(place.directory, `${name}.log`), 'utf8')).includes('controllers start');
  await using first = await replica('first');
  await eventually(async () => expect(await leads('first')).toBe(true));
  await using second = await replica('second');
  expect((await fetch(`${second.healthUrl}/readyz`)).status).toBe(200);
  expect(await leads('second')).toBe(false);
  const started = performance.now();
  expect(await first.stop()).toBe(0);
  await eventually(async () => expect(await leads('second')).toBe(true));
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('a controller that starts against objects that are as they should be changes none of them', async () => {
  await using bed = await testbed();
  await using place = await own(bed);
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}), 'b.yaml': configMap('b', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  const versions = async () =>
    Promise.all(['a', 'b'].map(async (name) => (await bed.get(resources.configMap, name))?.metadata.resourceVersion));
  const before = await versions();
  await using toolkit = await place.start('fresh');
  const log = toolkit.controllers.find(({ name }) => name === 'kustomize-controller')?.logFile ?? '';
  await eventually(async () => expect(await readFile(log, 'utf8')).toContain('Applied revision'));
  expect(await versions()).toEqual(before);
});

test('the metrics have the names and labels that dashboards ask for', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': configMap('a', {}) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  const text = await (await fetch(inject('metricsUrls')['kustomize-controller'] ?? '')).text();
  expect(text).toMatch(/^gotk_reconcile_duration_seconds_count\{.*kind="Kustomization".*\} \d+$/m);
  expect(text).toMatch(/^controller_runtime_reconcile_total\{.*controller="kustomization".*\} \d+$/m);
  expect(text).toMatch(/^rest_client_requests_total\{.*method="PATCH".*\} \d+$/m);
  expect(text).toMatch(/^workqueue_depth\{/m);
});
