import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { type HelmChart, type HelmRepository, helmCharts, helmRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { type PushedArtifact, type Registry, startRegistry } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { fetchArtifact, filesOf } from './artifact-files.ts';
import { chartArchive, chartYaml, type TestChart } from './helm-server.ts';
import { condition, failsWith, isReady, isStalled, resources, type Testbed, testbed } from './testbed.ts';

const repositoryOf = (bed: Testbed, registry: Registry, spec: Partial<HelmRepository['spec']> = {}) =>
  bed.apply(helmRepositories as unknown as Resource, {
    metadata: { name: 'charts' },
    spec: { type: 'oci', url: `oci://${registry.host}/charts`, insecure: registry.ca === undefined, ...spec },
  });

const chartOf = (bed: Testbed, spec: Partial<HelmChart['spec']>) =>
  bed.apply(helmCharts as unknown as Resource, {
    metadata: { name: 'app' },
    spec: { interval: '10m', chart: 'app', sourceRef: { kind: 'HelmRepository', name: 'charts' }, ...spec },
  });

async function push(registry: Registry, chart: TestChart): Promise<Buffer> {
  const archive = chartArchive(chart);
  await pushArchive(registry, chart, archive);
  return archive;
}

const pushArchive = (registry: Registry, chart: TestChart, archive: Buffer): Promise<PushedArtifact> =>
  registry.pushArtifact({
    repository: `charts/${chart.name}`,
    tag: chart.version.replaceAll('+', '_'),
    configMediaType: 'application/vnd.cncf.helm.config.v1+json',
    config: JSON.stringify({ name: chart.name, version: chart.version }),
    layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', content: archive }],
  });

/** Signs a chart as `cosign sign --key` did before its version 3. */
async function cosignSign(registry: Registry, { digest }: PushedArtifact, key: KeyObject): Promise<void> {
  const payload = JSON.stringify({
    critical: {
      identity: { 'docker-reference': '' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional: null,
  });
  const signature = sign('sha256', Buffer.from(payload), key).toString('base64');
  const mediaType = 'application/vnd.dev.cosign.simplesigning.v1+json';
  await registry.pushArtifact({
    repository: 'charts/app',
    tag: `${digest.replace(':', '-')}.sig`,
    layers: [{ mediaType, content: payload, annotations: { 'dev.cosignproject.cosign/signature': signature } }],
  });
}

const handled = (token: string) => (object: HelmChart) => object.status?.lastHandledReconcileAt === token;

const secret = (bed: Testbed, name: string, data: Readonly<Record<string, string>>) =>
  bed.apply(resources.secret, {
    metadata: { name },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  });

test('a chart of a registry is pulled by the newest tag of a range, over TLS and with a login, and its repository stays without a status', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ tls: true, auth: 'token', login: { username: 'me', password: 'right' } });
  await push(registry, { name: 'app', version: '1.0.0' });
  const archive = await push(registry, { name: 'app', version: '1.1.0+7' });
  await push(registry, { name: 'app', version: '2.0.0' });
  await secret(bed, 'login', { username: 'me', password: 'right' });
  await secret(bed, 'ca', { 'ca.crt': registry.ca ?? '' });
  await repositoryOf(bed, registry, { secretRef: { name: 'login' }, certSecretRef: { name: 'ca' } });
  await chartOf(bed, { version: '1.x' });

  const stored = await bed.until(helmCharts, 'app', isReady);
  expect(stored.status?.artifact).toMatchObject({ revision: '1.1.0+7', path: `helmchart/${bed.namespace}/app/app-1.1.0+7.tgz` });
  expect(await fetchArtifact(stored.status?.artifact)).toEqual(archive);
  expect(condition(stored, 'Ready')).toMatchObject({
    reason: 'ChartPullSucceeded',
    message: "pulled 'app' chart with version '1.1.0+7'",
  });
  expect(stored.status?.observedSourceArtifactRevision).toBeUndefined();
  const repository = await bed.until(helmRepositories, 'charts', ({ status }) => status?.observedGeneration === undefined);
  expect([repository.metadata.finalizers, repository.status]).toEqual([undefined, {}]);

  // News of the repository may have come behind those of the chart, and have made it look a second time.
  await bed.until(helmCharts, 'app', handled(await bed.request(helmCharts, 'app')));
  const before = registry.requests.length;
  await bed.until(helmCharts, 'app', handled(await bed.request(helmCharts, 'app')));
  expect(registry.requests.slice(before).map(({ path }) => path.replace(/\?.*/, ''))).toEqual(['/v2/charts/app/tags/list']);
});

test('a whole version costs no request while its artifact is there, and values files make a package of it', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry();
  await push(registry, { name: 'app', version: '1.0.0', files: { 'prod.yaml': 'replicas: 9\n' } });
  await repositoryOf(bed, registry);
  await chartOf(bed, { version: '1.0.0', valuesFiles: ['values.yaml', 'prod.yaml'] });
  const stored = await bed.until(helmCharts, 'app', isReady);
  expect(stored.status?.artifact?.revision).toBe('1.0.0+1');
  expect((await filesOf(stored.status?.artifact))['app/values.yaml']).toBe('replicas: 9\n');
  const before = registry.requests.length;
  await bed.until(helmCharts, 'app', handled(await bed.request(helmCharts, 'app')));
  expect(registry.requests.slice(before)).toEqual([]);
});

test('a wrong password is a matter of authentication, and a corrected one heals it', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ auth: 'basic', login: { username: 'me', password: 'right' } });
  await push(registry, { name: 'app', version: '1.0.0' });
  await secret(bed, 'login', { username: 'me', password: 'CANARY-wrong' });
  await repositoryOf(bed, registry, { secretRef: { name: 'login' } });
  await chartOf(bed, {});
  const failed = await bed.until(helmCharts, 'app', failsWith('AuthenticationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toMatch(/^failed to authenticate with the Helm repository: /);
  expect(JSON.stringify(failed)).not.toContain('CANARY');
  await secret(bed, 'login', { username: 'me', password: 'right' });
  await bed.request(helmCharts, 'app');
  await bed.until(helmCharts, 'app', isReady);
});

test('what is no chart is a failed pull; a range that no tag is in is asked about again', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry();
  await registry.pushArtifact({ repository: 'charts/app', tag: '1.0.0', layers: [{ mediaType: 'text/plain', content: 'hello' }] });
  await repositoryOf(bed, registry);
  await chartOf(bed, { version: '1.0.0' });
  const failed = await bed.until(helmCharts, 'app', failsWith('ChartPullError'));
  expect(condition(failed, 'FetchFailed')?.message).toMatch(/^chart pull error: .*layer with media type/);
  await chartOf(bed, { version: '>1.0.0' });
  const none = await bed.until(helmCharts, 'app', failsWith('InvalidChartReference'));
  expect(condition(none, 'Stalled')).toBeUndefined();
  await push(registry, { name: 'app', version: '1.5.0' });
  await bed.until(helmCharts, 'app', isReady);
});

test('an address that changes is looked at at once; one that is no registry stalls', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry();
  await push(registry, { name: 'app', version: '1.0.0' });
  await repositoryOf(bed, registry, { url: 'https://charts.example.dev' });
  await chartOf(bed, {});
  const stalled = await bed.until(helmCharts, 'app', isStalled);
  expect(condition(stalled, 'FetchFailed')).toMatchObject({
    reason: 'Failed',
    message: expect.stringContaining('invalid OCI registry URL'),
  });
  await repositoryOf(bed, registry);
  await bed.until(helmCharts, 'app', isReady);
});

test('a chart of a Git repository gets what it depends on from a registry, with the login of the HelmRepository for it', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry({ auth: 'basic', login: { username: 'me', password: 'right' } });
  await push(registry, { name: 'app', version: '1.0.0' });
  await push(registry, { name: 'app', version: '1.4.0' });
  await secret(bed, 'login', { username: 'me', password: 'right' });
  await repositoryOf(bed, registry, { url: `oci://${registry.host}/charts/`, secretRef: { name: 'login' } });
  const dependency = `dependencies:\n- {name: app, version: 1.x, repository: "oci://${registry.host}/charts"}\n`;
  const repository = await bed.repository({ 'Chart.yaml': `${chartYaml({ name: 'root', version: '1.0.0' })}${dependency}` });
  await bed.gitRepository('repo', { url: repository.url });
  await chartOf(bed, { chart: '.', sourceRef: { kind: 'GitRepository', name: 'repo' } });
  const packaged = await filesOf((await bed.until(helmCharts, 'app', isReady)).status?.artifact);
  expect(packaged['root/charts/app/Chart.yaml']).toContain('version: 1.4.0');
});

test('an unsigned chart is not taken by an object that wants it signed, and the last good one stays; once it is signed, it is taken', async () => {
  await using bed = await testbed();
  await using registry = await startRegistry();
  const chart = { name: 'app', version: '1.0.0' };
  const pushed = await pushArchive(registry, chart, chartArchive(chart));
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await secret(bed, 'keys', { 'cosign.pub': publicKey.export({ type: 'spki', format: 'pem' }).toString() });
  await repositoryOf(bed, registry);
  await chartOf(bed, {});
  const good = await bed.until(helmCharts, 'app', isReady);
  await chartOf(bed, { verify: { provider: 'cosign', secretRef: { name: 'keys' } } });
  const failed = await bed.until(helmCharts, 'app', failsWith('ChartVerificationError'));
  expect(condition(failed, 'SourceVerified')).toMatchObject({ status: 'False', reason: 'VerificationError' });
  expect(condition(failed, 'BuildFailed')?.message).toMatch(
    /^chart verification error: failed to verify the signature using provider 'cosign': failed to verify oci:\/\/.*\/charts\/app:1\.0\.0: /,
  );
  expect(failed.status?.artifact).toEqual(good.status?.artifact);

  await cosignSign(registry, pushed, privateKey);
  await bed.request(helmCharts, 'app');
  const verified = await bed.until(helmCharts, 'app', isReady);
  expect(condition(verified, 'SourceVerified')).toMatchObject({
    status: 'True',
    reason: 'Succeeded',
    message: 'verified signature of version 1.0.0',
  });
  expect(condition(verified, 'BuildFailed')).toBeUndefined();

  // The tag comes to stand for something that nobody has signed.
  await pushArchive(registry, chart, chartArchive({ ...chart, files: { 'evil.txt': 'x' } }));
  await bed.request(helmCharts, 'app');
  await bed.until(helmCharts, 'app', failsWith('ChartVerificationError'));

  await chartOf(bed, {});
  expect(condition(await bed.until(helmCharts, 'app', isReady), 'SourceVerified')).toBeUndefined();
});
