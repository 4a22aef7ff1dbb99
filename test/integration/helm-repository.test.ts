import { type HelmRepository, helmRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { fetchArtifact } from './artifact-files.ts';
import { indexOf, sha256, startHelmServer } from './helm-server.ts';
import { condition, failsWith, isReady, isStalled, resources, type Testbed, testbed } from './testbed.ts';

const repositoryOf = (bed: Testbed, name: string, spec: Partial<HelmRepository['spec']>) =>
  bed.apply(helmRepositories as unknown as Resource, { metadata: { name }, spec: { interval: '10m', ...spec } });

const login = (bed: Testbed, data: Readonly<Record<string, string>>) =>
  bed.apply(resources.secret, {
    metadata: { name: 'login', labels: { 'reconcile.fluxcd.io/watch': 'Enabled' } },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')])),
  });

const handled = (token: string) => (object: HelmRepository) => object.status?.lastHandledReconcileAt === token;

test('the index of a repository becomes an artifact that follows it; one that has not changed is not sent again', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  const index = indexOf([{ name: 'app', version: '1.0.0' }]);
  server.files.set('charts/index.yaml', index);
  await repositoryOf(bed, 'charts', { url: `${server.url}/charts/` });

  const stored = await bed.until(helmRepositories, 'charts', isReady);
  const revision = `sha256:${sha256(index)}`;
  expect(stored.status?.artifact).toMatchObject({
    revision,
    digest: revision,
    path: `helmrepository/${bed.namespace}/charts/index-${sha256(index)}.yaml`,
  });
  expect((await fetchArtifact(stored.status?.artifact)).toString()).toBe(index);
  expect(await (await fetch(stored.status?.url ?? '')).text()).toBe(index);
  for (const type of ['Ready', 'ArtifactInStorage'])
    expect(condition(stored, type)).toMatchObject({ reason: 'Succeeded', message: `stored artifact: revision '${revision}'` });
  await expect
    .poll(() => bed.events('HelmRepository', 'charts'), { timeout: 20_000 })
    .toEqual([
      { type: 'Normal', reason: 'NewArtifact', message: `stored fetched index of size ${index.length}B from '${server.url}/charts/'` },
    ]);

  const same = await bed.until(helmRepositories, 'charts', handled(await bed.request(helmRepositories, 'charts')));
  expect(same.status?.artifact).toEqual(stored.status?.artifact);
  expect(server.requests.map(({ line, status }) => `${line} ${status}`)).toEqual([
    'GET /charts/index.yaml 200',
    'GET /charts/index.yaml 304',
  ]);

  server.files.set('charts/index.yaml', indexOf([{ name: 'app', version: '1.1.0' }]));
  await bed.request(helmRepositories, 'charts');
  await bed.until(helmRepositories, 'charts', (it) => isReady(it) && it.status?.artifact?.revision !== revision);
});

test('a wrong password is said without the password, and the last good index stays; a corrected, watched Secret heals it', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer({ authorization: `Basic ${btoa('me:right')}` });
  server.files.set('index.yaml', indexOf([{ name: 'app', version: '1.0.0' }]));
  await login(bed, { username: 'me', password: 'right' });
  await repositoryOf(bed, 'charts', { url: server.url, secretRef: { name: 'login' } });
  const good = await bed.until(helmRepositories, 'charts', isReady);

  await login(bed, { username: 'me', password: 'CANARY-wrong' });
  const failed = await bed.until(helmRepositories, 'charts', failsWith('Failed'));
  expect(condition(failed, 'FetchFailed')?.message).toMatch(/^failed to fetch Helm repository index: .* 401/);
  expect(JSON.stringify(failed)).not.toContain('CANARY');
  expect(failed.status?.artifact).toEqual(good.status?.artifact);
  await fetchArtifact(failed.status?.artifact);

  await login(bed, { username: 'me', password: 'right' });
  expect(condition(await bed.until(helmRepositories, 'charts', isReady), 'FetchFailed')).toBeUndefined();
});

test('A12: neither a redirect to another host nor one to another port is shown the login', async () => {
  await using bed = await testbed();
  await using other = await startHelmServer();
  other.files.set('index.yaml', indexOf([{ name: 'app', version: '1.0.0' }]));
  await using server = await startHelmServer({
    intercept: (_request, response) => {
      response.writeHead(302, { location: `${other.url}/index.yaml` }).end();
      return true;
    },
  });
  await login(bed, { username: 'me', password: 'secret' });
  await repositoryOf(bed, 'charts', { url: server.url, secretRef: { name: 'login' } });
  await bed.until(helmRepositories, 'charts', isReady);
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('me:secret')}`);
  expect(other.requests.map(({ headers }) => [headers.authorization, headers.cookie])).toEqual([[undefined, undefined]]);
});

test.each([
  ['what is no index', 'hello: world\n', 'no API version specified'],
  ['nothing', '', 'empty index.yaml file'],
  ['what is no YAML', 'apiVersion: v1\nentries: {a: [\n', 'the index is not one of Helm'],
] as const)('%s is not taken for an index', async (_what, index, message) => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  server.files.set('index.yaml', index);
  await repositoryOf(bed, 'charts', { url: server.url });
  const failed = await bed.until(helmRepositories, 'charts', failsWith('IndexationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toContain(`failed to load Helm repository from index YAML: ${message}`);
});

test('A11: an index of 51 MiB is refused where the limit says so, and one with null for a version is read without it', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer({
    intercept: (request, response) => {
      if (request.url !== '/large/index.yaml') return false;
      response.writeHead(200);
      const chunk = Buffer.alloc(1024 * 1024, '#');
      let sent = 0;
      const more = (): void => {
        while (sent < 51) {
          sent += 1;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
      return true;
    },
  });
  server.files.set('nulls/index.yaml', 'apiVersion: v1\nentries: {a: [null], b: [{name: b, version: 1.0.0, urls: [b.tgz]}]}\n');
  await repositoryOf(bed, 'large', { url: `${server.url}/large` });
  await repositoryOf(bed, 'nulls', { url: `${server.url}/nulls` });
  const failed = await bed.until(helmRepositories, 'large', failsWith('Failed'));
  expect(condition(failed, 'FetchFailed')?.message).toContain('index exceeds the maximum index file size of 52428800 bytes');
  await bed.until(helmRepositories, 'nulls', isReady);
});

test.each([
  [
    'an oci address without the type',
    { url: 'oci://ghcr.io/charts' },
    "'oci' URL scheme cannot be used with 'default' HelmRepository type",
  ],
  ['a password in the address', { url: 'https://me:CANARY@charts.example.dev' }, 'put it into the Secret of spec.secretRef'],
] as const)('%s stalls', async (_what, spec, message) => {
  await using bed = await testbed();
  await repositoryOf(bed, 'charts', spec);
  const stalled = await bed.until(helmRepositories, 'charts', isStalled);
  for (const type of ['Ready', 'Stalled', 'FetchFailed'])
    expect(condition(stalled, type)).toMatchObject({
      reason: 'URLInvalid',
      message: `invalid Helm repository URL: ${message}`.replace(/: put/, ': spec.url must not hold a password: put'),
    });
});

test('one of type oci is left alone; a repository that becomes one loses artifact, status and finalizer, and gets them back', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  server.files.set('index.yaml', indexOf([{ name: 'app', version: '1.0.0' }]));
  await repositoryOf(bed, 'static', { url: 'oci://ghcr.io/charts', type: 'oci' });
  await repositoryOf(bed, 'charts', { url: server.url });
  const stored = await bed.until(helmRepositories, 'charts', isReady);

  await repositoryOf(bed, 'charts', { url: 'oci://ghcr.io/charts', type: 'oci' });
  const bare = await bed.until(helmRepositories, 'charts', ({ metadata }) => (metadata.finalizers ?? []).length === 0);
  expect(bare.status ?? {}).toEqual({});
  expect((await fetch(stored.status?.artifact?.url ?? '')).status).toBe(404);
  // Without the schema's default, too: by it kstatus would wait for ever.
  const untouched = await bed.until(helmRepositories, 'static', ({ status }) => status?.observedGeneration === undefined);
  expect([untouched.metadata.finalizers, untouched.status]).toEqual([undefined, {}]);

  await bed.merge(helmRepositories, 'charts', { spec: { url: server.url, type: 'default' } });
  expect((await bed.until(helmRepositories, 'charts', isReady)).status?.artifact?.revision).toBe(stored.status?.artifact?.revision);
});

test('a suspended repository is not fetched; a deleted one takes its index along', async () => {
  await using bed = await testbed();
  await using server = await startHelmServer();
  server.files.set('index.yaml', indexOf([{ name: 'app', version: '1.0.0' }]));
  await repositoryOf(bed, 'charts', { url: server.url });
  const stored = await bed.until(helmRepositories, 'charts', isReady);
  await bed.merge(helmRepositories, 'charts', { spec: { suspend: true } });
  const { length } = server.requests;
  await bed.request(helmRepositories, 'charts');
  await bed.client.delete(helmRepositories, { namespace: bed.namespace, name: 'charts' }, { signal: bed.signal });
  await bed.untilGone(helmRepositories, 'charts');
  expect(server.requests).toHaveLength(length);
  expect((await fetch(stored.status?.artifact?.url ?? '')).status).toBe(404);
});
