import { readFile } from 'node:fs/promises';
import { kustomizations } from '@gotk/api';
import type { Unstructured } from '@gotk/apimachinery';
import { measuredUntil } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { configMap } from './manifests.ts';
import { isReady, resources, type Testbed, testbed } from './testbed.ts';

async function applied(bed: Testbed) {
  const repository = await bed.repository({ 'a.yaml': configMap('a', { key: 'git', other: 'git' }) });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
}

const isRestored = (object: Unstructured) => (object.data as { key?: string } | undefined)?.key === 'git';

test('a changed field is put back in less than a second', async () => {
  await using bed = await testbed();
  await applied(bed);
  const undoneMs = async () => {
    const { metadata } = await bed.merge(resources.configMap, 'a', { data: { key: 'tampered' } }, 'kubectl-edit');
    const started = performance.now();
    await bed.until(resources.configMap, 'a', (it) => isRestored(it) && it.metadata.resourceVersion !== metadata.resourceVersion);
    return performance.now() - started;
  };
  await measuredUntil((ms) => expect(ms).toBeLessThan(1_000), { attempts: 3, measure: undoneMs });
});

test('a removed field, a removed owner label and a deleted object come back', async () => {
  await using bed = await testbed();
  await applied(bed);
  await bed.merge(resources.configMap, 'a', { data: { key: null } });
  await bed.until(resources.configMap, 'a', isRestored);
  await bed.merge(resources.configMap, 'a', { metadata: { labels: { 'kustomize.toolkit.fluxcd.io/name': null } } });
  await bed.until(resources.configMap, 'a', ({ metadata }) => metadata.labels?.['kustomize.toolkit.fluxcd.io/name'] === 'app');
  const { uid } = (await bed.get(resources.configMap, 'a'))?.metadata ?? {};
  await bed.client.delete(resources.configMap, { namespace: bed.namespace, name: 'a' }, { signal: bed.signal });
  await bed.until(resources.configMap, 'a', (it) => isRestored(it) && it.metadata.uid !== uid);
});

test('what a Secret holds is put back, though its manifest has it as text, which the server does not keep', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({
    'it.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: { name: it }\nstringData: { key: git }\n',
  });
  await bed.gitRepository('repo', { url: repository.url });
  await bed.kustomization('app');
  await bed.applier('app', isReady);
  const ofGit = Buffer.from('git').toString('base64');
  await bed.merge(resources.secret, 'it', { data: { key: 'eA==' } }, 'somebody');
  await bed.until(resources.secret, 'it', ({ data }) => (data as { key?: string }).key === ofGit);
});

test("somebody else's fields are nobody's drift", async () => {
  await using bed = await testbed();
  await applied(bed);
  const foreign = await bed.merge(resources.configMap, 'a', { data: { extra: 'mine' }, metadata: { annotations: { note: 'mine' } } });
  // A request for a look brings the reconciler here for certain; it has nothing to change.
  const token = await bed.request(kustomizations, 'app');
  await bed.applier('app', (it) => it.status?.lastHandledReconcileAt === token);
  const after = await bed.get(resources.configMap, 'a');
  expect(after?.metadata.resourceVersion).toBe(foreign.metadata.resourceVersion);
});

test('a suspended Kustomization lets the cluster drift, and puts it right when it is resumed', async () => {
  await using bed = await testbed();
  await applied(bed);
  await bed.merge(kustomizations, 'app', { spec: { suspend: true } });
  // Of that and of what is tampered with two watches tell: whoever hears of the latter first puts it right.
  await expect
    .poll(async () => (await fetch(inject('metricsUrls')['kustomize-controller'] ?? '')).text(), { timeout: 10_000 })
    .toContain(`gotk_suspend_status{kind="Kustomization",name="app",namespace="${bed.namespace}"} 1\n`);
  await bed.merge(resources.configMap, 'a', { data: { key: 'tampered' } });
  await bed.kustomization('witness', { path: './', namePrefix: 'witness-' });
  await bed.applier('witness', isReady);
  expect(await bed.get(resources.configMap, 'a')).toMatchObject({ data: { key: 'tampered' } });
  await bed.merge(kustomizations, 'app', { spec: { suspend: false } });
  await bed.until(resources.configMap, 'a', isRestored);
});

test('an object that asks to be left alone, in the cluster or in Git, is; also while others are waited for', async () => {
  await using bed = await testbed();
  const policy = (value: string) => `  annotations: { kustomize.toolkit.fluxcd.io/ssa: ${value} }\n`;
  const annotated = (name: string, value: string) =>
    configMap(name, { key: 'git' }).replace(`  name: ${name}\n`, `  name: ${name}\n${policy(value)}`);
  await bed.apply(resources.configMap, { metadata: { name: 'there' }, data: { key: 'theirs' } });
  const repository = await bed.repository({
    'there.yaml': annotated('there', 'IfNotPresent'),
    'new.yaml': annotated('new', 'IfNotPresent'),
    'ignored.yaml': annotated('ignored', 'Ignore'),
    'paused.yaml': configMap('paused', { key: 'git' }),
  });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { wait: true, timeout: '10s' });
  await bed.applier('app', (it) => (it.status?.inventory?.entries.length ?? 0) === 4);
  for (const name of ['new', 'paused']) await bed.until(resources.configMap, name, isRestored);
  expect(await bed.get(resources.configMap, 'there')).toMatchObject({ data: { key: 'theirs' } });
  expect(await bed.get(resources.configMap, 'ignored')).toBeUndefined();

  await bed.merge(resources.configMap, 'paused', {
    metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } },
    data: { key: 'mine' },
  });
  const commit = await repository.commit('without the ignored one', {
    'ignored.yaml': null,
    'paused.yaml': configMap('paused', { key: 'newer' }),
  });
  await bed.applier('app', (it) => isReady(it) && it.status?.lastAppliedRevision === `main@sha1:${commit}`);
  expect(await bed.get(resources.configMap, 'paused')).toMatchObject({ data: { key: 'mine' } });
});

test('a look at what has not moved asks the API server for nothing', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ 'a.yaml': configMap('a', { key: 'git' }), 'b.yaml': configMap('b', {}) });
  await bed.gitRepository('repo', { url: repository.url, interval: '1s' });
  await bed.kustomization('app', { interval: '1s' });
  await bed.applier('app', isReady);
  const requests = async () => {
    const lines = (await readFile(inject('auditLog'), 'utf8'))
      .split('\n')
      .filter((line) => line.includes(`"namespace":"${bed.namespace}"`));
    return lines.filter((line) => /"userAgent":"(source|kustomize)-controller/.test(line) && !line.includes('"resource":"events"')).length;
  };
  // Several looks in a row, once what the last run still had to say has been said.
  let before = -1;
  await expect
    .poll(
      async () => {
        const now = await requests();
        const asked = before < 0 ? 'not known yet' : now - before;
        before = now;
        return asked;
      },
      { timeout: 30_000, interval: 4_000 },
    )
    .toBe(0);
});
