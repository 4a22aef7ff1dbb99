import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { kustomizations } from '@gotk/api';
import { expect, inject, test } from 'vitest';
import { configMap, deployment } from './manifests.ts';
import { ownCluster } from './own-controller.ts';
import { ownToolkit } from './own-toolkit.ts';
import { condition, hasApplied, isReady, resources, type Testbed, testbed } from './testbed.ts';

const SECRET = 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: hunter2-from-git\n';
const WARN = { 'kustomize.toolkit.fluxcd.io/driftDetection': 'warn' };

async function applied(bed: Testbed, files: Readonly<Record<string, string>>, spec: Parameters<Testbed['kustomization']>[1] = {}) {
  const repository = await bed.repository(files);
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', spec);
  await bed.applier('app', isReady);
  return repository;
}

const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1_000));
const dataOf = async (bed: Testbed, name: string) => (await bed.get(resources.configMap, name))?.data as Record<string, string> | undefined;
const told = async (bed: Testbed, reason: string) =>
  (await bed.events('Kustomization', 'app')).filter((event) => event.reason === reason).map(({ type, message }) => `${type}: ${message}`);
const untilTold = (bed: Testbed, reason: string, expected: unknown) =>
  expect.poll(() => told(bed, reason), { timeout: 10_000 }).toEqual(expected);

/** Asks for drift to be told of, and waits until the controller has heard: what somebody changes the moment before is put right. */
async function warned(bed: Testbed): Promise<void> {
  await bed.merge(kustomizations, 'app', { metadata: { annotations: WARN } });
  const token = await bed.request(kustomizations, 'app');
  await bed.applier('app', (it) => isReady(it) && it.status?.lastHandledReconcileAt === token);
}

test('what was changed, removed, added or deleted is put right, and an event names the fields and the manager', async () => {
  await using bed = await testbed();
  await applied(bed, { 'a.yaml': configMap('a', { key: 'git', other: 'git' }), 'web.yaml': deployment('web', 'example.com/web:1') });
  const id = (kind: string, name: string) => `Normal: ${kind}/${bed.namespace}/${name}`;

  await bed.merge(resources.configMap, 'a', { data: { key: 'tampered' } }, 'some-editor');
  const changed = `${id('ConfigMap', 'a')}: data.key changed by 'some-editor'`;
  await untilTold(bed, 'DriftCorrected', [changed]);

  await bed.merge(resources.configMap, 'a', { data: { other: null, more: 'theirs' } }, 'kubectl-edit');
  const both = `${id('ConfigMap', 'a')}: data.other removed by 'kubectl-edit'; data.more added by 'kubectl-edit'`;
  await untilTold(bed, 'DriftCorrected', expect.arrayContaining([changed, both]));

  const body = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'example.com/web:2' }];
  const key = { namespace: bed.namespace, name: 'web' };
  await bed.client.patch(resources.deployment, { key, patch: { type: 'json', body } }, { signal: bed.signal, fieldManager: 'some-editor' });
  const inList = `${id('Deployment', 'web')}: spec.template.spec.containers[name=app].image changed by 'some-editor'`;
  await untilTold(bed, 'DriftCorrected', expect.arrayContaining([inList]));

  const [program = 'kubectl', ...first] = inject('kubectl');
  const scale = ['-n', bed.namespace, 'scale', 'deployment/web', '--replicas=2'];
  await promisify(execFile)(program, [...first, '--kubeconfig', inject('kubeconfigPath'), ...scale]);
  const scaled = `${id('Deployment', 'web')}: spec.replicas changed by 'kubectl'`;
  await untilTold(bed, 'DriftCorrected', expect.arrayContaining([scaled]));

  await bed.client.delete(resources.configMap, { namespace: bed.namespace, name: 'a' }, { signal: bed.signal });
  await untilTold(bed, 'DriftCorrected', expect.arrayContaining([`${id('ConfigMap', 'a')}: deleted`]));
});

test('of a Secret the event says which key was taken, and nothing that is in it; a new commit is no drift', async () => {
  await using bed = await testbed();
  const repository = await applied(bed, { 's.yaml': SECRET, 'a.yaml': configMap('a', { key: 'git' }) });
  await bed.merge(resources.secret, 's', { stringData: { password: 'hunter2-from-an-editor' } }, 'some-editor');
  await untilTold(bed, 'DriftCorrected', [
    expect.stringMatching(/^Normal: Secret\/.*\/s: (data|stringData)\.password changed by 'some-editor'/),
  ]);
  const commit = await repository.commit('newer', { 'a.yaml': configMap('a', { key: 'newer' }) });
  await bed.applier('app', hasApplied(commit));
  await seconds(1);
  expect(await told(bed, 'DriftCorrected')).toHaveLength(1);
  expect(JSON.stringify(await bed.events('Kustomization', 'app'))).not.toMatch(/hunter2|aHVudGVyM/);
});

test('driftDetection: warn tells of drift and leaves it, until what is built changes', async () => {
  await using bed = await testbed();
  const files = { 'a.yaml': configMap('a', { key: 'git' }), 'b.yaml': configMap('b', { key: 'git' }), 'c.yaml': configMap('c', {}) };
  const repository = await applied(bed, files, { interval: '2s', wait: true });
  await warned(bed);
  await bed.merge(resources.configMap, 'a', { data: { key: 'tampered' } }, 'some-editor');
  await bed.client.delete(resources.configMap, { namespace: bed.namespace, name: 'b' }, { signal: bed.signal });
  const lines = [`ConfigMap/${bed.namespace}/a: data.key changed by 'some-editor' at `, `ConfigMap/${bed.namespace}/b: deleted`];
  const reported = await bed.applier('app', (it) => lines.every((line) => condition(it, 'Drifted')?.message.includes(line) === true));
  expect(condition(reported, 'Drifted')).toMatchObject({ status: 'True', reason: 'DriftDetected' });
  expect(condition(reported, 'Ready')).toMatchObject({ status: 'True', message: expect.stringContaining('Applied revision: ') });

  // Looks at the interval, and one that is asked for, tell of nothing new and change nothing.
  const token = await bed.request(kustomizations, 'app');
  await bed.applier('app', (it) => isReady(it) && it.status?.lastHandledReconcileAt === token);
  // A look that takes long says meanwhile what it is doing: it is not the only one.
  let before: string | undefined;
  await expect
    .poll(
      async () => {
        const { resourceVersion } = (await bed.get(kustomizations, 'app'))?.metadata ?? {};
        const isSame = resourceVersion === before;
        before = resourceVersion;
        return isSame;
      },
      { timeout: 26_000, interval: 5_000 },
    )
    .toBe(true);
  expect(await dataOf(bed, 'a')).toEqual({ key: 'tampered' });
  expect(await dataOf(bed, 'b')).toBeUndefined();
  const warnings = await told(bed, 'DriftDetected');
  expect(warnings.length).toBeLessThanOrEqual(2);
  expect(warnings.every((warning) => warning.startsWith('Warning: '))).toBe(true);
  expect(await told(bed, 'DriftCorrected')).toEqual([]);

  const commit = await repository.commit('another c', { 'c.yaml': configMap('c', { key: 'newer' }) });
  const again = await bed.applier('app', hasApplied(commit));
  expect(condition(again, 'Drifted')).toBeUndefined();
  expect(await dataOf(bed, 'a')).toEqual({ key: 'git' });
  expect(await dataOf(bed, 'b')).toEqual({ key: 'git' });
});

test('drift that somebody takes back by hand is over; without the annotation it is put right', async () => {
  await using bed = await testbed();
  await applied(bed, { 'a.yaml': configMap('a', { key: 'git', other: 'git' }) }, { interval: '1s' });
  await warned(bed);
  const isDrifted = (yes: boolean) => (it: Parameters<typeof condition>[0]) => (condition(it, 'Drifted') !== undefined) === yes;
  await bed.merge(resources.configMap, 'a', { data: { key: 'tampered' } });
  await bed.applier('app', isDrifted(true));
  await bed.merge(resources.configMap, 'a', { data: { key: 'git' } });
  await bed.applier('app', isDrifted(false));
  await bed.merge(resources.configMap, 'a', { data: { other: 'tampered' } });
  await bed.applier('app', isDrifted(true));
  await bed.merge(kustomizations, 'app', { metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/driftDetection': null } } });
  await bed.applier('app', isDrifted(false));
  expect(await dataOf(bed, 'a')).toEqual({ key: 'git', other: 'git' });
});

test('an object may ask by itself that its drift be told of and left', async () => {
  await using bed = await testbed();
  const annotated = configMap('a', { key: 'git' }).replace('  name: a\n', `  name: a\n  annotations: ${JSON.stringify(WARN)}\n`);
  await applied(bed, { 'a.yaml': annotated, 'b.yaml': configMap('b', { key: 'git' }) });
  await bed.merge(resources.configMap, 'a', { data: { key: 'tampered' } }, 'some-editor');
  await bed.merge(resources.configMap, 'b', { data: { key: 'tampered' } }, 'some-editor');
  await bed.applier('app', (it) => condition(it, 'Drifted')?.message.startsWith(`ConfigMap/${bed.namespace}/a: data.key`) === true);
  await bed.until(resources.configMap, 'b', ({ data }) => (data as { key?: string }).key === 'git');
  expect(await dataOf(bed, 'a')).toEqual({ key: 'tampered' });
});

const cluster = ownCluster();

test('a controller that is started anew tells of what moved meanwhile, and leaves it, where that is asked for', async () => {
  await using bed = await cluster.testbed();
  {
    await using _toolkit = await ownToolkit(cluster, bed, []);
    await applied(bed, { 'a.yaml': configMap('a', { key: 'git' }), 'b.yaml': configMap('b', { key: 'git' }) });
    await warned(bed);
  }
  await bed.merge(resources.configMap, 'a', { data: { key: 'tampered' } }, 'some-editor');
  await using _another = await ownToolkit(cluster, bed, []);
  const reported = await bed.applier('app', (it) => condition(it, 'Drifted') !== undefined);
  expect(condition(reported, 'Drifted')?.message).toMatch(
    new RegExp(`^ConfigMap/${bed.namespace}/a: data.key changed by 'some-editor' at .*Z$`),
  );
  expect(await dataOf(bed, 'a')).toEqual({ key: 'tampered' });
}, 120_000);
