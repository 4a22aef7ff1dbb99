import { readFile } from 'node:fs/promises';
import { kustomizations } from '@gotk/api';
import { atRest } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { ownToolkit } from './own-toolkit.ts';
import { condition, isReady, type Testbed } from './testbed.ts';

const cluster = ownCluster({ audited: true });
const COUNT = 100;
const nameOf = (index: number) => `app-${index}`;

/** How often each task was run by a thread of the kustomize-controller. */
async function tasks(metricsUrl: string): Promise<(task: string) => number> {
  const text = await (await fetch(metricsUrl)).text();
  return (task) =>
    [...text.matchAll(new RegExp(`^gotk_worker_task_duration_seconds_count\\{task="${task}",[^}]*\\} (\\d+)`, 'gm'))].reduce(
      (sum, [, count = '0']) => sum + Number(count),
      0,
    );
}

/** Requests of the kustomize-controller, but for events, leases and watches, as `verb resource[/subresource] name`. */
async function requests({ namespace }: Testbed): Promise<readonly string[]> {
  const text = await readFile(cluster.auditLog, 'utf8');
  // The last line may still be being written.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').filter((line) => line.includes('"userAgent":"kustomize-controller'));
  return lines
    .map((line) => JSON.parse(line) as { verb: string; stage: string; objectRef?: Record<string, string> })
    .filter(({ stage, verb, objectRef }) => stage === 'ResponseComplete' && verb !== 'watch' && objectRef?.namespace === namespace)
    .filter(({ objectRef }) => objectRef?.resource !== 'events' && objectRef?.resource !== 'leases')
    .map(({ verb, objectRef = {} }) => {
      const { resource, subresource, name = '' } = objectRef;
      return `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`} ${name}`.trim();
    });
}

const allAt = async (bed: Testbed, commit: string): Promise<boolean> => {
  const { items } = await bed.client.list(kustomizations, { namespace: bed.namespace, signal: bed.signal });
  return items.length === COUNT && items.every((it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`);
};

test('a commit that touches one directory of a hundred costs the others no build and no apply, but one write of the status each', async () => {
  await using bed = await cluster.testbed();
  await using toolkit = await ownToolkit(cluster, bed, ['--concurrent=10']);
  const { metricsUrl } = toolkit.applier;
  const files = Object.fromEntries(
    Array.from({ length: COUNT }, (_, index) => [`${index}/cm.yaml`, configMap(`cm-${index}`, { key: '1' })]),
  );
  const repository = await bed.repository();
  const first = await repository.commit('first', files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  for (let index = 0; index < COUNT; index++)
    await bed.kustomization(nameOf(index), { path: `./${index}`, ...(index === 1 ? { dependsOn: [{ name: nameOf(0) }] } : {}) });
  await expect.poll(() => allAt(bed, first), { timeout: 100_000, interval: 500 }).toBe(true);
  const [before, builtBefore] = [(await atRest(() => requests(bed), { timeoutMs: 60_000 })).length, await tasks(metricsUrl)];

  const second = await repository.commit('one of them', { '7/cm.yaml': configMap('cm-7', { key: '2' }) });
  await expect.poll(() => allAt(bed, second), { timeout: 30_000, interval: 500 }).toBe(true);
  const [after, builtAfter] = [(await requests(bed)).slice(before), await tasks(metricsUrl)];

  expect(builtAfter('build') - builtBefore('build')).toBe(1);
  expect(builtAfter('unpack') - builtBefore('unpack')).toBe(1);
  const writes = after.filter((request) => !request.startsWith('list '));
  expect(writes.filter((request) => !request.includes('kustomizations/status'))).toEqual(['patch configmaps cm-7']);
  for (let index = 0; index < COUNT; index++)
    if (index !== 7) expect(writes.filter((request) => request === `patch kustomizations/status ${nameOf(index)}`)).toHaveLength(1);
}, 240_000);

test('a Kustomization that waits looks at health alone when a commit is not about it', async () => {
  await using bed = await cluster.testbed();
  await using toolkit = await ownToolkit(cluster, bed, []);
  const { metricsUrl } = toolkit.applier;
  const repository = await bed.repository();
  await repository.commit('first', { 'a/cm.yaml': configMap('a', {}), 'b/cm.yaml': configMap('b', {}) });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('a', { path: './a', wait: true });
  await bed.applier('a', isReady);
  const before = await tasks(metricsUrl);
  const commit = await repository.commit('another', { 'b/cm.yaml': configMap('b', { key: '2' }) });
  const moved = await bed.applier('a', (it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`);
  expect((await tasks(metricsUrl))('build')).toBe(before('build'));
  expect(condition(moved, 'Healthy')).toMatchObject({ status: 'True' });
  expect(moved.status?.history?.[0]?.metadata).toMatchObject({ revision: `main@sha1:${commit}` });

  const moved2 = await repository.commit('its own', { 'a/cm.yaml': configMap('a', { key: '2' }) });
  await bed.applier('a', (it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${moved2}`);
  expect((await tasks(metricsUrl))('build')).toBe(before('build') + 1);
});
