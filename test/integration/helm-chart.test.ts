import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HelmChart, type HelmRepository, helmCharts, helmRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { createAuthority } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { fetchArtifact, filesOf } from './artifact-files.ts';
import { chartArchive, indexOf, sha256, startHelmServer } from './helm-server.ts';
import { condition, failsWith, isReady, isStalled, resources, type Testbed, testbed } from './testbed.ts';

const repositoryOf = (bed: Testbed, spec: Partial<HelmRepository['spec']>) =>
  bed.apply(helmRepositories as unknown as Resource, { metadata: { name: 'charts' }, spec: { interval: '10m', ...spec } });

const chartOf = (bed: Testbed, name: string, spec: Partial<HelmChart['spec']>) =>
  bed.apply(helmCharts as unknown as Resource, {
    metadata: { name },
    spec: { interval: '10m', chart: 'app', sourceRef: { kind: 'HelmRepository', name: 'charts' }, ...spec },
  });

const login = (bed: Testbed, username: string, password: string) =>
  bed.apply(resources.secret, { metadata: { name: 'login' }, data: { username: btoa(username), password: btoa(password) } });

const handled = (token: string) => (object: HelmChart) => object.status?.lastHandledReconcileAt === token;

test('the newest version of a range becomes an artifact, byte for byte; nothing is asked while the index stays as it is', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  server.publish({ name: 'app', version: '1.0.0' }, { name: 'app', version: '1.2.0' }, { name: 'app', version: '2.0.0' });
  await repositoryOf(bed, { url: server.url });
  await chartOf(bed, 'app', { version: '1.x' });

  const stored = await bed.until(helmCharts, 'app', isReady);
  const repository = await bed.until(helmRepositories, 'charts', isReady);
  expect(stored.status?.artifact).toMatchObject({ revision: '1.2.0', path: `helmchart/${bed.namespace}/app/app-1.2.0.tgz` });
  expect(await fetchArtifact(stored.status?.artifact)).toEqual(server.files.get('app-1.2.0.tgz'));
  expect(stored.status).toMatchObject({
    observedChartName: 'app',
    observedSourceArtifactRevision: repository.status?.artifact?.revision,
    url: expect.stringMatching(new RegExp(`/helmchart/${bed.namespace}/app/latest.tar.gz$`)),
  });
  const message = "pulled 'app' chart with version '1.2.0'";
  for (const type of ['Ready', 'ArtifactInStorage'])
    expect(condition(stored, type)).toMatchObject({ status: 'True', reason: 'ChartPullSucceeded', message });
  await expect
    .poll(async () => (await bed.events('HelmChart', 'app')).filter(({ reason }) => reason === 'ChartPullSucceeded'), { timeout: 20_000 })
    .toEqual([{ type: 'Normal', reason: 'ChartPullSucceeded', message }]);
  expect(server.asked()).toEqual(['index.yaml', 'app-1.2.0.tgz']);

  const same = await bed.until(helmCharts, 'app', handled(await bed.request(helmCharts, 'app')));
  expect(same.status?.artifact).toEqual(stored.status?.artifact);
  expect(server.asked()).toEqual([]);

  server.publish({ name: 'app', version: '1.3.0' });
  await bed.request(helmRepositories, 'charts');
  const newer = await bed.until(helmCharts, 'app', (it) => isReady(it) && it.status?.artifact?.revision === '1.3.0');
  expect(newer.status?.observedSourceArtifactRevision).not.toBe(repository.status?.artifact?.revision);
});

test('a chart waits for a repository that is not there, and for one without an index, and needs no interval to notice either', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  await chartOf(bed, 'app', {});
  const unavailable = await bed.until(helmCharts, 'app', failsWith('SourceUnavailable'));
  expect(condition(unavailable, 'FetchFailed')?.message).toBe(
    'failed to get source: helmrepositories.source.toolkit.fluxcd.io "charts" not found',
  );
  await repositoryOf(bed, { url: server.url });
  const empty = await bed.until(helmCharts, 'app', failsWith('NoSourceArtifact'));
  expect(condition(empty, 'FetchFailed')?.message).toBe("no artifact available for HelmRepository source 'charts'");
  server.publish({ name: 'app', version: '1.0.0' });
  await bed.request(helmRepositories, 'charts');
  expect(condition(await bed.until(helmCharts, 'app', isReady), 'FetchFailed')).toBeUndefined();
});

test.each([
  ['a chart that is not in the index', { chart: 'other' }, 'failed to get chart version for remote reference: no chart name found'],
  [
    'a version that no range allows',
    { version: '>9' },
    "failed to get chart version for remote reference: no 'app' chart with version matching '>9' found",
  ],
  ['a range that is none', { version: 'v..x' }, 'improper constraint'],
  ['a name that is none', { chart: '../app' }, "invalid chart name '../app'"],
] as const)('%s stalls, until the object changes', async (_what, spec, message) => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  server.publish({ name: 'app', version: '1.0.0' });
  await repositoryOf(bed, { url: server.url });
  await chartOf(bed, 'app', spec);
  const stalled = await bed.until(helmCharts, 'app', isStalled);
  for (const type of ['Ready', 'Stalled', 'FetchFailed'])
    expect(condition(stalled, type)).toMatchObject({ reason: 'InvalidChartReference', message: expect.stringContaining(message) });
  expect(condition(stalled, 'Ready')?.message).toMatch(/^invalid chart reference: /);
  await chartOf(bed, 'app', {});
  await bed.until(helmCharts, 'app', isReady);
});

test('a version that is in the index one day is found on that day', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  server.publish({ name: 'app', version: '1.0.0' });
  await repositoryOf(bed, { url: server.url });
  await chartOf(bed, 'app', { version: '>=2' });
  await bed.until(helmCharts, 'app', isStalled);
  server.publish({ name: 'app', version: '2.0.0' });
  await bed.request(helmRepositories, 'charts');
  const stored = await bed.until(helmCharts, 'app', isReady);
  expect([stored.status?.artifact?.revision, condition(stored, 'Stalled')]).toEqual(['2.0.0', undefined]);
});

test('values files are merged into the package, which gets the generation for its version; those that are missing may be left out', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  const files = {
    'values-prod.yaml': 'replicas: 3\nimage: {tag: prod}\n',
    'values.yaml': '# as written\nreplicas: 1\nimage: {name: app}\n',
  };
  server.publish({ name: 'app', version: '1.0.0', files });
  await repositoryOf(bed, { url: server.url });
  await chartOf(bed, 'app', { valuesFiles: ['values.yaml', 'values-prod.yaml'] });
  const stored = await bed.until(helmCharts, 'app', isReady);
  expect(stored.status?.artifact?.revision).toBe('1.0.0+1');
  expect(condition(stored, 'Ready')).toMatchObject({
    reason: 'ChartPackageSucceeded',
    message: "packaged 'app' chart with version '1.0.0+1' and merged values files [values.yaml values-prod.yaml]",
  });
  const packaged = await filesOf(stored.status?.artifact);
  expect(packaged['app/values.yaml']).toBe('image:\n  name: app\n  tag: prod\nreplicas: 3\n');
  expect(packaged['app/Chart.yaml']).toContain('version: 1.0.0+1\n');
  expect(stored.status?.observedValuesFiles).toBeUndefined();

  await chartOf(bed, 'app', { valuesFiles: ['values.yaml', 'missing.yaml'] });
  const stalled = await bed.until(helmCharts, 'app', isStalled);
  expect(condition(stalled, 'BuildFailed')).toMatchObject({
    reason: 'ValuesFilesError',
    message: "values files merge error: no values file found at path 'missing.yaml'",
  });
  expect(stalled.status?.artifact).toEqual(stored.status?.artifact);

  await chartOf(bed, 'app', { valuesFiles: ['values.yaml', 'missing.yaml'], ignoreMissingValuesFiles: true });
  const lenient = await bed.until(helmCharts, 'app', isReady);
  expect(lenient.status).toMatchObject({ artifact: { revision: '1.0.0+3' }, observedValuesFiles: ['values.yaml'] });
  expect(condition(lenient, 'BuildFailed')).toBeUndefined();
});

test('row 16, A12: the login goes to the repository alone, wherever the chart is, unless its owner passes it on', async () => {
  await using bed = await testbed();
  const authorization = `Basic ${btoa('me:secret')}`;
  await using other = await startHelmServer();
  other.publish({ name: 'app', version: '1.0.0' });
  await using server = await startHelmServer({ authorization });
  server.files.set('index.yaml', indexOf([{ name: 'app', version: '1.0.0', url: `${other.url}/app-1.0.0.tgz` }]));
  await login(bed, 'me', 'secret');
  await repositoryOf(bed, { url: server.url, secretRef: { name: 'login' } });
  await chartOf(bed, 'app', {});
  await bed.until(helmCharts, 'app', isReady);
  expect(server.requests[0]?.headers.authorization).toBe(authorization);
  expect(other.requests.map(({ line, headers }) => [line, headers.authorization, headers.cookie])).toEqual([
    ['GET /app-1.0.0.tgz', undefined, undefined],
  ]);

  await repositoryOf(bed, { url: server.url, secretRef: { name: 'login' }, passCredentials: true });
  await bed.until(helmRepositories, 'charts', isReady);
  await chartOf(bed, 'passed', {});
  await bed.until(helmCharts, 'passed', isReady);
  expect(other.requests.at(-1)?.headers.authorization).toBe(authorization);
});

test('a chart that its server does not let us have is a matter of authentication, and the last good one stays', async () => {
  await using bed = await testbed();
  let closed = false;
  await using server = await startHelmServer({
    intercept: (request, response) => {
      if (!closed || request.url === '/index.yaml') return false;
      response.writeHead(401).end();
      return true;
    },
  });
  server.publish({ name: 'app', version: '1.0.0' });
  await repositoryOf(bed, { url: server.url });
  await chartOf(bed, 'app', {});
  const good = await bed.until(helmCharts, 'app', isReady);
  closed = true;
  server.publish({ name: 'app', version: '1.1.0' });
  await bed.request(helmRepositories, 'charts');
  const failed = await bed.until(helmCharts, 'app', failsWith('AuthenticationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toMatch(/^failed to authenticate with the Helm repository: .* 401/);
  expect(condition(failed, 'ArtifactOutdated')).toMatchObject({ reason: 'NewChart', message: "new 'app' chart with version '1.1.0'" });
  expect(failed.status?.artifact).toEqual(good.status?.artifact);
  await fetchArtifact(failed.status?.artifact);
});

test('a server with an authority of its own is trusted by who names the authority, and nobody else there', async () => {
  await using bed = await testbed();
  const [ours, theirs] = [createAuthority(), createAuthority()];
  await using other = await startHelmServer({ tls: theirs.issueServing(['127.0.0.1']) });
  await using server = await startHelmServer({ tls: ours.issueServing(['127.0.0.1']) });
  server.publish({ name: 'app', version: '1.0.0' });
  server.files.set(
    'index.yaml',
    `${server.files.get('index.yaml')}`.replace(
      'entries:\n',
      `entries:\n  else:\n  - name: else\n    version: 1.0.0\n    urls: ['${other.url}/else.tgz']\n`,
    ),
  );
  await bed.apply(resources.secret, { metadata: { name: 'ca' }, data: { 'ca.crt': btoa(ours.ca) } });
  await repositoryOf(bed, { url: server.url, certSecretRef: { name: 'ca' } });
  await chartOf(bed, 'app', {});
  await chartOf(bed, 'else', { chart: 'else' });
  await bed.until(helmCharts, 'app', isReady);
  const failed = await bed.until(helmCharts, 'else', failsWith('AuthenticationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toMatch(/^failed to authenticate with the Helm repository: .*certificate/);
  expect(other.requests).toEqual([]);
});

test('a chart with another digest than the index says, and one that is not there, are not taken', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  const archive = chartArchive({ name: 'app', version: '1.0.0' });
  server.files.set('app-1.0.0.tgz', archive);
  server.files.set(
    'index.yaml',
    indexOf([
      { name: 'app', version: '1.0.0', digest: sha256('another') },
      { name: 'gone', version: '1.0.0' },
    ]),
  );
  await repositoryOf(bed, { url: server.url });
  await chartOf(bed, 'app', {});
  await chartOf(bed, 'gone', { chart: 'gone' });
  const failed = await bed.until(helmCharts, 'app', failsWith('ChartPullError'));
  expect(condition(failed, 'FetchFailed')?.message).toMatch(
    new RegExp(`^chart pull error: failed to download chart for remote reference: the digest of .* is sha256:${sha256(archive)}, and`),
  );
  expect(failed.status?.artifact).toBeUndefined();
  const gone = await bed.until(helmCharts, 'gone', failsWith('ChartPullError'));
  expect(condition(gone, 'FetchFailed')?.message).toContain('gone-1.0.0.tgz: 404');
});

test('a hundred charts of one version are one download, and their index is read once', { timeout: 120_000 }, async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  server.publish({ name: 'app', version: '1.0.0' });
  await repositoryOf(bed, { url: server.url });
  const names = Array.from({ length: 100 }, (_, n) => `app-${n}`);
  await Promise.all(names.map((name) => chartOf(bed, name, {})));
  for (const name of names) expect((await bed.until(helmCharts, name, isReady)).status?.artifact?.revision).toBe('1.0.0');
  expect(server.asked()).toEqual(['index.yaml', 'app-1.0.0.tgz']);
  const metrics = await (await fetch(inject('metricsUrls')['source-controller'] ?? '')).text();
  const series = metrics.split('\n').filter((line) => line.startsWith('gotk_cache_events_total') && line.includes(bed.namespace));
  expect(series).toHaveLength(1);
  const [, hits] = /event_type="cache_hit",name="charts".* (\d+)$/.exec(series[0] ?? '') ?? [];
  expect(Number(hits)).toBeGreaterThanOrEqual(100);
});

test('a stored chart that is damaged is fetched again; a deleted object takes its chart along', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  server.publish({ name: 'app', version: '1.0.0' });
  await repositoryOf(bed, { url: server.url });
  await chartOf(bed, 'app', {});
  const stored = await bed.until(helmCharts, 'app', isReady);
  await writeFile(join(inject('directory'), 'data', stored.status?.artifact?.path ?? ''), 'damaged');
  await bed.until(helmCharts, 'app', handled(await bed.request(helmCharts, 'app')));
  await fetchArtifact(stored.status?.artifact);
  await bed.client.delete(helmCharts, { namespace: bed.namespace, name: 'app' }, { signal: bed.signal });
  await bed.untilGone(helmCharts, 'app');
  expect((await fetch(stored.status?.artifact?.url ?? '')).status).toBe(404);
});

test('what only charts of a registry can have is refused for others, and says what to do', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  server.publish({ name: 'app', version: '1.0.0' });
  await repositoryOf(bed, { url: server.url });
  await chartOf(bed, 'app', { verify: { provider: 'cosign' } });
  const stalled = await bed.until(helmCharts, 'app', isStalled);
  expect(condition(stalled, 'SourceVerified')).toMatchObject({ status: 'False', reason: 'VerificationError' });
  expect(condition(stalled, 'BuildFailed')).toMatchObject({
    reason: 'ChartVerificationError',
    message: expect.stringContaining('remove spec.verify'),
  });
});
