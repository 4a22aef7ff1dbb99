import { kustomizations } from '@gotk/api';
import { type Resource, systemClock } from '@gotk/apimachinery';
import { createInformer } from '@gotk/kube';
import { expect, test } from 'vitest';
import { configMap, expiringJob } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { ownToolkit } from './own-toolkit.ts';
import { condition, failsWith, hasApplied, isReady, type Testbed, testbed } from './testbed.ts';

const jobs: Resource = { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', namespaced: true };
const JOB = expiringJob('migrate', 'example.com/migrate:1');

/** Every Job that there ever was of a namespace. */
function seenJobs({ client, namespace }: Testbed) {
  const stop = new AbortController();
  const uids = new Set<string>();
  const informer = createInformer({ client, resource: jobs, clock: systemClock, namespace });
  const subscription = informer.subscribe(({ object }) => uids.add(object.metadata.uid ?? ''));
  const running = informer.run(stop.signal);
  return {
    get runs() {
      return uids.size;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      subscription[Symbol.dispose]();
      await running;
    },
  };
}

async function applied(bed: Testbed, files: Readonly<Record<string, string>>, spec: Parameters<Testbed['kustomization']>[1] = {}) {
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { timeout: '20s', ...spec });
  return repository;
}

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1_000));
async function untilGone(bed: Testbed) {
  await expect.poll(() => bed.get(jobs, 'migrate'), { timeout: 10_000 }).toBeUndefined();
}

test.each([
  ['that is waited for', { wait: true }],
  ['that nobody waits for', {}],
])('a Job with a TTL %s runs once for what is built, and its end is no drift', async (_what, spec) => {
  await using bed = await testbed();
  await using seen = seenJobs(bed);
  const repository = await applied(bed, { 'job.yaml': JOB, 'map.yaml': configMap('map', { key: '1' }) }, { interval: '1s', ...spec });
  await bed.applier('app', isReady);
  await untilGone(bed);
  await seconds(5);
  expect(seen.runs).toBe(1);
  const idle = await bed.applier('app', isReady);
  expect(idle.status?.inventory?.entries).toHaveLength(2);

  const commit = await repository.commit('another map', { 'map.yaml': configMap('map', { key: '2' }) });
  await bed.applier('app', hasApplied(commit));
  await expect.poll(() => seen.runs, { timeout: 10_000 }).toBe(2);
  await untilGone(bed);

  const token = await bed.request(kustomizations, 'app');
  await bed.applier('app', (it) => isReady(it) && it.status?.lastHandledReconcileAt === token);
  await expect.poll(() => seen.runs, { timeout: 10_000 }).toBe(3);
  await seconds(2);
  expect(seen.runs).toBe(3);
});

test('named in healthChecks, a Job with a TTL has to complete, and may be gone then', async () => {
  await using bed = await testbed();
  const healthChecks = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'migrate', namespace: bed.namespace }];
  const repository = await applied(bed, { 'job.yaml': JOB }, { healthChecks });
  await bed.applier('app', isReady);
  const commit = await repository.commit('fails', { 'job.yaml': expiringJob('migrate', 'example.com/always-fails:1') });
  const failed = await bed.applier('app', failsWith('HealthCheckFailed'));
  expect(failed.status?.lastAttemptedRevision).toBe(`main@sha1:${commit}`);
  expect(condition(failed, 'Ready')?.message).toContain(`Job/${bed.namespace}/migrate failed`);
});

test('a Job that fails and deletes itself is tried again at the interval, and no sooner', async () => {
  await using bed = await testbed();
  await using seen = seenJobs(bed);
  // Far longer than a Job takes to fail and to go, on whatever machine.
  await applied(bed, { 'job.yaml': expiringJob('migrate', 'example.com/always-fails:1') }, { interval: '10s' });
  await expect.poll(() => seen.runs, { timeout: 20_000 }).toBe(1);
  await untilGone(bed);
  await seconds(2);
  expect(seen.runs).toBe(1);
  await expect.poll(() => seen.runs, { timeout: 10_000 }).toBe(2);
});

test('a Job with a TTL that somebody deletes while it runs comes back at once', async () => {
  await using bed = await testbed();
  await applied(bed, { 'job.yaml': expiringJob('migrate', 'example.com/never-ready:1') });
  await bed.applier('app', isReady);
  const { uid } = (await bed.get(jobs, 'migrate'))?.metadata ?? {};
  await bed.client.delete(jobs, { namespace: bed.namespace, name: 'migrate' }, { signal: bed.signal });
  await bed.until(jobs, 'migrate', ({ metadata }) => metadata.uid !== uid && metadata.deletionTimestamp === undefined);
});

const cluster = ownCluster();

test('a controller that is started anew does not run again what ran before', async () => {
  await using bed = await cluster.testbed();
  {
    await using _toolkit = await ownToolkit(cluster, bed, []);
    await applied(bed, { 'job.yaml': JOB, 'map.yaml': configMap('map', {}) }, { interval: '1s' });
    await bed.applier('app', isReady);
  }
  // What its TTL does, while nobody looks.
  const key = { namespace: bed.namespace, name: 'migrate' };
  await bed.client.delete(jobs, key, { signal: bed.signal, propagation: 'Background' });
  await untilGone(bed);
  await using _another = await ownToolkit(cluster, bed, []);
  await bed.kustomization('witness', { path: './', namePrefix: 'witness-' });
  await bed.applier('witness', isReady);
  await seconds(3);
  expect(await bed.get(jobs, 'migrate')).toBeUndefined();
}, 120_000);
