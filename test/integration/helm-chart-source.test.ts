import { buckets, gitRepositories, type HelmChart, type HelmRepository, helmCharts, helmRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { startBucketServer } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { fetchArtifact, filesOf } from './artifact-files.ts';
import { chartArchive, chartFiles, chartYaml, startHelmServer, type TestChart } from './helm-server.ts';
import { condition, failsWith, isReady, isStalled, resources, type Testbed, testbed } from './testbed.ts';

const chartOf = (bed: Testbed, name: string, spec: Partial<HelmChart['spec']>) =>
  bed.apply(helmCharts as unknown as Resource, {
    metadata: { name },
    spec: { interval: '10m', chart: './charts/app', sourceRef: { kind: 'GitRepository', name: 'repo' }, ...spec },
  });

const repositoryOf = (bed: Testbed, name: string, spec: Partial<HelmRepository['spec']>) =>
  bed.apply(helmRepositories as unknown as Resource, { metadata: { name }, spec: { interval: '10m', ...spec } });

/** The files of a chart in a directory of a repository. */
const at = (directory: string, chart: TestChart): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(chartFiles(chart)).map(([name, content]) => [`${directory}/${name}`, String(content)]));

const depending = (...dependencies: readonly string[]): Readonly<Record<string, string>> => ({
  'Chart.yaml': `${chartYaml({ name: 'app', version: '1.0.0' })}dependencies:\n${dependencies.map((each) => `- ${each}\n`).join('')}`,
});

const isRevision = (revision: string) => (chart: HelmChart) => isReady(chart) && chart.status?.artifact?.revision === revision;

test('a directory of a Git repository is packaged when the version of its chart changes, and otherwise not', async () => {
  await using bed = await testbed();
  const repository = await bed.repository(
    at('charts/app', { name: 'app', version: '1.0.0', files: { '.helmignore': '*.md\n', 'README.md': 'no' } }),
  );
  await bed.gitRepository('repo', { url: repository.url });
  await chartOf(bed, 'app', {});
  const stored = await bed.until(helmCharts, 'app', isReady);
  const source = await bed.source('repo', isReady);
  expect(stored.status).toMatchObject({
    artifact: { revision: '1.0.0', path: `helmchart/${bed.namespace}/app/app-1.0.0.tgz` },
    observedChartName: 'app',
    observedSourceArtifactRevision: source.status?.artifact?.revision,
  });
  expect(condition(stored, 'Ready')).toMatchObject({
    reason: 'ChartPackageSucceeded',
    message: "packaged 'app' chart with version '1.0.0'",
  });
  expect(Object.keys(await filesOf(stored.status?.artifact))).toEqual([
    'app/.helmignore',
    'app/Chart.yaml',
    'app/templates/config.yaml',
    'app/values.yaml',
  ]);

  await repository.commit('other values', { 'charts/app/values.yaml': 'replicas: 2\n' });
  await bed.request(gitRepositories, 'repo');
  const seen = await bed.until(helmCharts, 'app', (it) => it.status?.observedSourceArtifactRevision !== source.status?.artifact?.revision);
  expect(seen.status?.artifact).toEqual(stored.status?.artifact);

  await repository.commit('another version', { 'charts/app/Chart.yaml': chartYaml({ name: 'app', version: '1.1.0' }) });
  await bed.request(gitRepositories, 'repo');
  const newer = await bed.until(helmCharts, 'app', isRevision('1.1.0'));
  expect((await filesOf(newer.status?.artifact))['app/values.yaml']).toBe('replicas: 2\n');
});

test('with the strategy Revision every commit makes a package, whose version tells of which; values files of anywhere in the source are merged', async () => {
  await using bed = await testbed();
  const repository = await bed.repository({ ...at('charts/app', { name: 'app', version: '1.0.0' }), 'env/prod.yaml': 'replicas: 5\n' });
  const commit = await repository.git('rev-parse', 'HEAD');
  await bed.gitRepository('repo', { url: repository.url });
  await chartOf(bed, 'app', { reconcileStrategy: 'Revision', valuesFiles: ['charts/app/values.yaml', './env/prod.yaml'] });
  const stored = await bed.until(helmCharts, 'app', isRevision(`1.0.0+${commit.slice(0, 12)}.1`));
  expect((await filesOf(stored.status?.artifact))['app/values.yaml']).toBe('replicas: 5\n');
  expect(condition(stored, 'Ready')?.message).toContain('and merged values files [charts/app/values.yaml ./env/prod.yaml]');
});

test('a packaged chart of a bucket is taken as it is; with values files it is packaged anew', async () => {
  await using bed = await testbed();
  await using server = await startBucketServer();
  await server.createBucket('apps');
  const archive = chartArchive({ name: 'app', version: '1.0.0' });
  await server.putObject('apps', 'app.tgz', archive);
  await server.putObject('apps', 'values.yaml', 'replicas: 4\n');
  await bed.apply(resources.secret, {
    metadata: { name: 'login' },
    data: { accesskey: btoa(server.accessKey), secretkey: btoa(server.secretKey) },
  });
  await bed.apply(buckets as unknown as Resource, {
    metadata: { name: 'apps' },
    spec: { interval: '10m', bucketName: 'apps', endpoint: server.endpoint, insecure: true, secretRef: { name: 'login' } },
  });
  const sourceRef = { kind: 'Bucket', name: 'apps' } as const;
  await chartOf(bed, 'plain', { chart: 'app.tgz', sourceRef });
  await chartOf(bed, 'merged', { chart: './app.tgz', sourceRef, valuesFiles: ['app.tgz/../values.yaml', 'values.yaml'] });
  const plain = await bed.until(helmCharts, 'plain', isReady);
  expect(await fetchArtifact(plain.status?.artifact)).toEqual(archive);
  expect(condition(plain, 'Ready')?.reason).toBe('ChartPullSucceeded');
  const merged = await bed.until(helmCharts, 'merged', isRevision('1.0.0+1'));
  expect((await filesOf(merged.status?.artifact))['app/values.yaml']).toBe('replicas: 4\n');
});

test('what a chart depends on is packaged with it: of its source, of a HelmRepository as its object may, and of anybody', async () => {
  await using bed = await testbed();
  await using closed = await startHelmServer({ authorization: `Basic ${btoa('me:secret')}` });
  closed.publish({ name: 'private', version: '2.0.0' }, { name: 'private', version: '3.0.0' });
  await using open = await startHelmServer();
  open.publish({ name: 'public', version: '0.1.0' });
  await bed.apply(resources.secret, { metadata: { name: 'login' }, data: { username: btoa('me'), password: btoa('secret') } });
  await repositoryOf(bed, 'private', { url: `${closed.url}/`, secretRef: { name: 'login' } });
  await bed.until(helmRepositories, 'private', isReady);
  const files = depending(
    '{name: local, version: ^1.0.0, repository: "file://../local"}',
    `{name: private, version: ~2, repository: "${closed.url}", alias: theirs}`,
    `{name: public, version: ">=0.1.0", repository: "${open.url}"}`,
  );
  const repository = await bed.repository({
    ...at('charts/app', { name: 'app', version: '1.0.0', files }),
    ...at('charts/local', { name: 'local', version: '1.4.0' }),
  });
  await bed.gitRepository('repo', { url: repository.url });
  await chartOf(bed, 'app', {});
  const packaged = await filesOf((await bed.until(helmCharts, 'app', isReady)).status?.artifact);
  expect(Object.keys(packaged).filter((name) => name.endsWith('Chart.yaml'))).toEqual([
    'app/Chart.yaml',
    'app/charts/local/Chart.yaml',
    'app/charts/public/Chart.yaml',
    'app/charts/theirs/Chart.yaml',
  ]);
  expect(packaged['app/charts/theirs/Chart.yaml']).toContain('version: 2.0.0');
  expect(closed.asked()).toEqual(['index.yaml', 'private-2.0.0.tgz']);
  expect(open.asked()).toEqual(['index.yaml', 'public-0.1.0.tgz']);
});

test('what lies packed in charts/ is packaged as it is, and what is nested in it too; nothing is asked for it', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  const inner = chartArchive({ name: 'inner', version: '1.0.0' });
  const middle = chartArchive({ name: 'middle', version: '1.0.0', files: { 'charts/inner-1.0.0.tgz': inner } });
  const files = depending(`{name: middle, version: "1.0.0", repository: "${server.url}"}`);
  const repository = await bed.repository({
    ...at('charts/app', { name: 'app', version: '1.0.0', files }),
    'charts/app/charts/middle-1.0.0.tgz': middle,
  });
  await bed.gitRepository('repo', { url: repository.url, ignore: '!*.tgz\n' });
  await chartOf(bed, 'app', {});
  const packaged = await filesOf((await bed.until(helmCharts, 'app', isReady)).status?.artifact);
  expect(Object.keys(packaged)).toContain('app/charts/middle/charts/inner/Chart.yaml');
  expect(server.asked()).toEqual([]);
});

test.each([
  ['leads out of the source', '{name: local, version: "*", repository: "file://../../../../../etc"}', "failed to load chart from '/etc'"],
  ['has another version', '{name: local, version: ">2", repository: "file://../local"}', "can't get a valid version for constraint '>2'"],
  [
    'has an alias for a repository',
    '{name: local, version: "1", repository: "@mine"}',
    'aliased repository dependency is not supported: @mine',
  ],
] as const)('a dependency that %s is a failure of the build', async (_what, dependency, message) => {
  await using bed = await testbed();
  const repository = await bed.repository({
    ...at('charts/app', { name: 'app', version: '1.0.0', files: depending(dependency) }),
    ...at('charts/local', { name: 'local', version: '1.4.0' }),
  });
  await bed.gitRepository('repo', { url: repository.url });
  await chartOf(bed, 'app', {});
  const failed = await bed.until(helmCharts, 'app', failsWith('DependencyBuildError'));
  expect(condition(failed, 'BuildFailed')?.message).toMatch(/^dependency build error: failed to add (local|remote) dependency 'local': /);
  expect(condition(failed, 'BuildFailed')?.message).toContain(message);
});

const unfit = 'InvalidChartReference';

test.each([
  ['a path that leads out of the source', { chart: '../../../../etc' }, { reason: unfit, message: "no chart found at path '/etc'" }],
  ['a path where nothing is', { chart: 'charts/none' }, { reason: unfit, message: "no chart found at path '/charts/none'" }],
  ['an absolute path', { chart: '/charts/app' }, { reason: unfit, message: 'expected to be relative' }],
  [
    'a values file out of the source',
    { valuesFiles: ['../../etc/passwd'] },
    { reason: 'ValuesFilesError', message: "no values file found at path '/etc/passwd'" },
  ],
] as const)('%s stalls', async (_what, spec, { reason, message }) => {
  await using bed = await testbed();
  const repository = await bed.repository(at('charts/app', { name: 'app', version: '1.0.0' }));
  await bed.gitRepository('repo', { url: repository.url });
  await chartOf(bed, 'app', spec);
  const stalled = await bed.until(helmCharts, 'app', isStalled);
  expect(condition(stalled, 'Ready')).toMatchObject({ reason, message: expect.stringContaining(message) });
});
