import { gunzipSync, gzipSync } from 'node:zlib';
import { type HelmChart, helmCharts, helmRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { fetchArtifact } from './artifact-files.ts';
import { archiveOf, chartArchive, chartYaml, type HelmServer, indexOf, sha256, startHelmServer, type TarFile } from './helm-server.ts';
import { condition, failsWith, isReady, type Testbed, testbed } from './testbed.ts';

const repositoryOf = (bed: Testbed, server: HelmServer) =>
  bed.apply(helmRepositories as unknown as Resource, { metadata: { name: 'charts' }, spec: { interval: '10m', url: server.url } });

const chartOf = (bed: Testbed, name: string, spec: Partial<HelmChart['spec']> = {}) =>
  bed.apply(helmCharts as unknown as Resource, {
    metadata: { name },
    spec: { interval: '10m', chart: name, sourceRef: { kind: 'HelmRepository', name: 'charts' }, ...spec },
  });

const good = { name: 'good', version: '1.0.0' };

/** A repository of one chart that nobody should take, and a good one. */
function publish(server: HelmServer, archive: Buffer): void {
  server.files.set('bad-1.0.0.tgz', archive);
  server.files.set('good-1.0.0.tgz', chartArchive(good));
  server.files.set('index.yaml', indexOf([{ name: 'bad', version: '1.0.0', digest: sha256(archive) }, good]));
}

const chartWith = (...files: readonly TarFile[]): Buffer =>
  archiveOf([{ name: 'bad/Chart.yaml', content: chartYaml({ name: 'bad', version: '1.0.0' }) }, { name: 'bad/values.yaml' }, ...files]);

const MIB = 1024 * 1024;

test.each([
  [
    'A10: a bomb of 1 GiB',
    () => gzipSync(Buffer.alloc(1024 * MIB), { level: 1 }),
    'decompressed chart is larger than the maximum size 104857600',
  ],
  [
    'A10: a file of 6 MiB',
    () => chartWith({ name: 'bad/large', content: Buffer.alloc(6 * MIB) }),
    'larger than the maximum file size 5242880',
  ],
  ['a package of 11 MiB', () => Buffer.alloc(11 * MIB), "size of chart 'bad' exceeds '10485760' bytes limit"],
  [
    'row 18: a file that leads out of the chart',
    () => chartWith({ name: 'bad/../../../etc/cron.d/x' }),
    'illegally references parent directory',
  ],
  ['row 18: an absolute path', () => chartWith({ name: 'bad//etc/cron.d/x' }), 'illegally contains absolute paths'],
  [
    'row 18: a name that leads out of the storage',
    () => archiveOf([{ name: 'bad/Chart.yaml', content: chartYaml({ name: '../../bad', version: '1.0.0' }) }]),
    'validation: chart.metadata.name',
  ],
  [
    'row 19: null for a maintainer',
    () => archiveOf([{ name: 'bad/Chart.yaml', content: `${chartYaml({ name: 'bad', version: '1.0.0' })}maintainers: [null]\n` }]),
    'maintainers must not contain empty or null nodes',
  ],
  ['what is no archive', () => Buffer.from('hello'), 'the chart is no sound gzip file'],
  ['half an archive', () => gzipSync(Buffer.alloc(700, 'x')), 'the chart is no sound tar archive'],
] as const)('%s is a failed pull, and others go on', async (_what, archive, message) => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  publish(server, archive());
  await repositoryOf(bed, server);
  await chartOf(bed, 'bad');
  await chartOf(bed, 'good');
  const failed = await bed.until(helmCharts, 'bad', failsWith('ChartPullError'));
  expect(condition(failed, 'FetchFailed')?.message).toMatch(/^chart pull error: /);
  expect(condition(failed, 'FetchFailed')?.message).toContain(message);
  expect(failed.status?.artifact).toBeUndefined();
  await fetchArtifact((await bed.until(helmCharts, 'good', isReady)).status?.artifact);
});

test('row 18: links in a chart are nothing: what they lead to is neither read nor written', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  publish(server, chartWith({ name: 'bad/Chart.lock', linkTo: '/etc/passwd' }, { name: 'bad/files/passwd', linkTo: '/etc/passwd' }));
  await repositoryOf(bed, server);
  await chartOf(bed, 'bad', { valuesFiles: ['files/passwd'], ignoreMissingValuesFiles: true });
  const stored = await bed.until(helmCharts, 'bad', isReady);
  const tar = gunzipSync(await fetchArtifact(stored.status?.artifact)).toString('latin1');
  expect(tar).toContain('bad/Chart.yaml');
  expect(tar).not.toMatch(/passwd|Chart\.lock|root:/);
});

test('row 19: values that nest too deep fail their chart alone', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  publish(server, chartWith({ name: 'bad/deep.yaml', content: `a: ${'['.repeat(100_000)}\n` }));
  await repositoryOf(bed, server);
  await chartOf(bed, 'bad', { valuesFiles: ['deep.yaml'] });
  await chartOf(bed, 'good');
  const failed = await bed.until(helmCharts, 'bad', failsWith('ValuesFilesError'));
  expect(condition(failed, 'BuildFailed')?.message).toContain("unmarshaling values from 'deep.yaml' failed");
  await bed.until(helmCharts, 'good', isReady);
});

test('a server that sends for ever ends as a failure within the timeout of the repository', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer({
    intercept: (request, response) => {
      if (request.url !== '/bad-1.0.0.tgz') return false;
      response.writeHead(200);
      const drip = setInterval(() => response.write('x'), 50);
      response.once('close', () => clearInterval(drip));
      return true;
    },
  });
  publish(server, Buffer.alloc(0));
  await bed.apply(helmRepositories as unknown as Resource, {
    metadata: { name: 'charts' },
    spec: { interval: '10m', url: server.url, timeout: '2s' },
  });
  await chartOf(bed, 'bad');
  await chartOf(bed, 'good');
  await bed.until(helmCharts, 'good', isReady);
  const failed = await bed.until(helmCharts, 'bad', failsWith('ChartPullError'));
  expect(condition(failed, 'FetchFailed')?.message).toMatch(/^chart pull error: timed out after 2000 ms$/);
});
