import { type Bucket, buckets } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { type BucketServer, startBucketServer } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { filesOf } from './artifact-files.ts';
import { condition, failsWith, isReady, resources, type Testbed, testbed } from './testbed.ts';

const encoded = (data: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));

const bucketOf = (bed: Testbed, name: string, spec: Partial<Bucket['spec']>) =>
  bed.apply(buckets as unknown as Resource, { metadata: { name }, spec: { interval: '10m', bucketName: 'apps', ...spec } });

const login = (bed: Testbed, server: BucketServer, data: Readonly<Record<string, string>> = {}) =>
  bed.apply(resources.secret, {
    metadata: { name: 'login', labels: { 'reconcile.fluxcd.io/watch': 'Enabled' } },
    data: encoded({ accesskey: server.accessKey, secretkey: server.secretKey, ...data }),
  });

/** The object after a look that somebody has asked for just now. */
const looked = async (bed: Testbed): Promise<Bucket> => {
  const token = await bed.request(buckets, 'apps');
  return await bed.until(buckets, 'apps', (it) => it.status?.lastHandledReconcileAt === token);
};

test('the objects of a bucket become an artifact, which follows them; nothing is fetched while they stay as they are', async () => {
  await using bed = await testbed();
  await using server = await startBucketServer();
  await server.createBucket('apps');
  await server.putObject('apps', 'deploy/a.yaml', 'a: 1\n');
  await server.putObject('apps', 'logo.png', 'kept: buckets have no default exclusions');
  await login(bed, server);
  await bucketOf(bed, 'apps', { endpoint: server.endpoint, insecure: true, secretRef: { name: 'login' } });

  const stored = await bed.until(buckets, 'apps', isReady);
  const artifact = stored.status?.artifact;
  expect(artifact?.revision).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(artifact?.path).toBe(`bucket/${bed.namespace}/apps/${artifact?.revision.slice(7)}.tar.gz`);
  expect(stored.status?.url).toMatch(new RegExp(`/bucket/${bed.namespace}/apps/latest.tar.gz$`));
  expect(await filesOf(artifact)).toEqual({ 'deploy/a.yaml': 'a: 1\n', 'logo.png': 'kept: buckets have no default exclusions' });
  expect(condition(stored, 'ArtifactInStorage')?.message).toBe(`stored artifact: revision '${artifact?.revision}'`);
  await expect
    .poll(() => bed.events('Bucket', 'apps'), { timeout: 20_000 })
    .toEqual([{ type: 'Normal', reason: 'NewArtifact', message: "stored artifact with 2 fetched files from 'apps' bucket" }]);

  // News of the Secret may have come behind those of the Bucket, and have made it look a second time.
  await looked(bed);
  const before = server.requests.length;
  const again = await looked(bed);
  expect(again.status?.artifact).toEqual(artifact);
  expect(server.requests.slice(before).map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`)).toEqual([
    'GET /apps/.sourceignore',
    'GET /apps/',
  ]);

  await server.putObject('apps', 'deploy/a.yaml', 'a: 2\n');
  await server.deleteObject('apps', 'logo.png');
  await bed.request(buckets, 'apps');
  const newer = await bed.until(buckets, 'apps', (it) => isReady(it) && it.status?.artifact?.revision !== artifact?.revision);
  expect(await filesOf(newer.status?.artifact)).toEqual({ 'deploy/a.yaml': 'a: 2\n' });
});

test('prefix, .sourceignore and spec.ignore decide what is in the artifact', async () => {
  await using bed = await testbed();
  await using server = await startBucketServer();
  await server.createBucket('apps');
  for (const key of ['one/a.yaml', 'one/b.txt', 'one/c.md', 'two/a.yaml']) await server.putObject('apps', key, key);
  await server.putObject('apps', '.sourceignore', '*.txt\n');
  await login(bed, server);
  const spec = { endpoint: server.endpoint, insecure: true, secretRef: { name: 'login' }, prefix: 'one/' };
  await bucketOf(bed, 'apps', spec);
  expect(Object.keys(await filesOf((await bed.until(buckets, 'apps', isReady)).status?.artifact))).toEqual(['one/a.yaml', 'one/c.md']);

  await bucketOf(bed, 'apps', { ...spec, ignore: '*.md\n!*.txt\n' });
  const after = await bed.until(buckets, 'apps', (it) => isReady(it) && it.status?.observedIgnore !== undefined);
  expect(Object.keys(await filesOf(after.status?.artifact))).toEqual(['one/a.yaml', 'one/b.txt']);
});

test('a wrong key is said without the key, and the last good artifact stays; a corrected, watched Secret heals it', async () => {
  await using bed = await testbed();
  await using server = await startBucketServer();
  await server.createBucket('apps');
  await server.putObject('apps', 'a.yaml', 'a: 1\n');
  await login(bed, server);
  await bucketOf(bed, 'apps', { endpoint: server.endpoint, insecure: true, secretRef: { name: 'login' } });
  const good = await bed.until(buckets, 'apps', isReady);

  await login(bed, server, { secretkey: 'CANARY-not-the-key' });
  const failed = await bed.until(buckets, 'apps', failsWith('BucketOperationFailed'));
  expect(condition(failed, 'FetchFailed')?.message).toContain('SignatureDoesNotMatch');
  expect(JSON.stringify(failed)).not.toContain('CANARY');
  expect(failed.status?.artifact).toEqual(good.status?.artifact);
  await filesOf(failed.status?.artifact);

  await login(bed, server);
  expect(condition(await bed.until(buckets, 'apps', isReady), 'FetchFailed')).toBeUndefined();
});

test.each([
  ['a bucket that is not there', { bucketName: 'gone' }, { reason: 'BucketOperationFailed', message: "bucket 'gone' not found" }],
  [
    'an endpoint with a scheme',
    { endpoint: 'https://s3.example.dev' },
    { reason: 'AuthenticationFailed', message: 'is not the host of a store' },
  ],
  ['a Secret that is not there', { secretRef: { name: 'none' } }, { reason: 'AuthenticationFailed', message: "Secret 'none' not found" }],
] as const)('%s is a failure that says so', async (_what, spec, { reason, message }) => {
  await using bed = await testbed();
  await using server = await startBucketServer();
  await login(bed, server);
  await bucketOf(bed, 'apps', { endpoint: server.endpoint, insecure: true, secretRef: { name: 'login' }, ...spec });
  const failed = await bed.until(buckets, 'apps', failsWith(reason));
  expect(condition(failed, 'Ready')?.message).toContain(message);
});

test('objects whose keys lead out of the tree, or cannot lie side by side, are refused', async () => {
  await using bed = await testbed();
  const listing = (keys: readonly string[]) =>
    `<ListBucketResult>${keys.map((key) => `<Contents><Key>${key}</Key><ETag>"1"</ETag><Size>1</Size></Contents>`).join('')}</ListBucketResult>`;
  let keys: readonly string[] = ['../../etc/passwd'];
  await using server = await startBucketServer({
    intercept: (request, response) => {
      if (request.url?.includes('list-type') !== true) return false;
      response.end(listing(keys));
      return true;
    },
  });
  await server.createBucket('apps');
  await login(bed, server);
  await bucketOf(bed, 'apps', { endpoint: server.endpoint, insecure: true, secretRef: { name: 'login' } });
  const failed = await bed.until(buckets, 'apps', failsWith('BucketOperationFailed'));
  expect(condition(failed, 'Ready')?.message).toContain('"../../etc/passwd", which is no path: refused');
  keys = ['a', 'a/b'];
  await bed.request(buckets, 'apps');
  await bed.until(buckets, 'apps', (it) => condition(it, 'Ready')?.message.includes('which cannot be files of one tree') === true);
});

test('deleting a Bucket removes its artifacts', async () => {
  await using bed = await testbed();
  await using server = await startBucketServer({ tls: true });
  await server.createBucket('apps');
  await server.putObject('apps', 'a.yaml', 'a: 1\n');
  await login(bed, server);
  await bed.apply(resources.secret, { metadata: { name: 'tls' }, data: encoded({ 'ca.crt': server.ca ?? '' }) });
  await bucketOf(bed, 'apps', { endpoint: server.endpoint, secretRef: { name: 'login' }, certSecretRef: { name: 'tls' } });
  const stored = await bed.until(buckets, 'apps', isReady);
  await bed.client.delete(buckets, { namespace: bed.namespace, name: 'apps' }, { signal: bed.signal });
  await bed.untilGone(buckets, 'apps');
  expect((await fetch(stored.status?.artifact?.url ?? '')).status).toBe(404);
});
