import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Bucket, buckets, helmRepositories } from '@gotk/api';
import type { Resource } from '@gotk/apimachinery';
import { createAuthority, startBucketServer, startProxy } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { filesOf } from './artifact-files.ts';
import { secret } from './git-manifests.ts';
import { indexOf } from './helm-server.ts';
import { NAME, sourceKinds } from './source-kinds.ts';
import { condition, failsWith, isReady, testbed } from './testbed.ts';

const asking = sourceKinds.filter(({ kind }) => kind !== 'HelmChart');

test.each(asking)('the origin of a $kind is asked again after spec.interval, without anybody saying so', async ({ resource, start }) => {
  await using bed = await testbed();
  await using origin = await start();
  await origin.apply(bed);
  const first = (await bed.until(resource, NAME, isReady)).status?.artifact;
  await bed.merge(resource, NAME, { spec: { interval: '1s' } });
  await bed.until(resource, NAME, isReady);
  await origin.renew();
  const later = await bed.until(resource, NAME, (it) => isReady(it) && it.status?.artifact?.revision !== first?.revision);
  expect(later.status?.artifact?.digest).not.toBe(first?.digest);
});

test('a Bucket is reached over TLS by certSecretRef, in spec.region, through the proxy of proxySecretRef', async () => {
  await using bed = await testbed();
  await using server = await startBucketServer({ tls: true, region: 'eu-west-1' });
  await using proxy = await startProxy({ login: { username: 'me', password: 'through' } });
  await server.createBucket('apps');
  await server.putObject('apps', 'a.yaml', 'a: 1\n');
  await secret(bed, 'login', { accesskey: server.accessKey, secretkey: server.secretKey });
  await secret(bed, 'tls', { 'ca.crt': server.ca ?? '' });
  await secret(bed, 'proxy', { address: proxy.url, username: 'me', password: 'through' });
  const apply = (spec: Partial<Bucket['spec']>) =>
    bed.apply(buckets as unknown as Resource, {
      metadata: { name: NAME },
      spec: { interval: '10m', bucketName: 'apps', endpoint: server.endpoint, secretRef: { name: 'login' }, ...spec },
    });

  await apply({ region: 'eu-west-1' });
  const distrusted = await bed.until(buckets, NAME, failsWith('BucketOperationFailed'));
  expect(condition(distrusted, 'FetchFailed')?.message).toMatch(/certificate/);
  await apply({ certSecretRef: { name: 'tls' } });
  await bed.until(buckets, NAME, (it) => /region/i.test(condition(it, 'FetchFailed')?.message ?? ''));
  await apply({ region: 'eu-west-1', certSecretRef: { name: 'tls' }, proxySecretRef: { name: 'proxy' } });
  const stored = await bed.until(buckets, NAME, isReady);
  expect(await filesOf(stored.status?.artifact)).toEqual({ 'a.yaml': 'a: 1\n' });
  expect(proxy.requests).toContainEqual({ method: 'CONNECT', target: server.endpoint, user: 'me', admitted: true });
});

test('a HelmRepository shows the certificate of certSecretRef, and trusts its authority', async () => {
  await using bed = await testbed();
  const authority = createAuthority();
  const { cert, key } = authority.issueServing(['127.0.0.1']);
  const index = indexOf([{ name: 'web', version: '1.0.0' }]);
  const server = createServer({ cert, key, ca: authority.ca, requestCert: true, rejectUnauthorized: true }, (_, response) =>
    response.end(index),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const client = authority.issueClient('flux');
    await secret(bed, 'tls', { 'ca.crt': authority.ca, 'tls.crt': client.cert, 'tls.key': client.key });
    await secret(bed, 'no-client', { 'ca.crt': authority.ca });
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const apply = (name: string) =>
      bed.apply(helmRepositories as unknown as Resource, {
        metadata: { name: NAME },
        spec: { interval: '10m', url, certSecretRef: { name } },
      });
    await apply('no-client');
    await bed.until(helmRepositories, NAME, failsWith('Failed'));
    await apply('tls');
    const stored = await bed.until(helmRepositories, NAME, isReady);
    expect(stored.status?.artifact?.size).toBe(index.length);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
