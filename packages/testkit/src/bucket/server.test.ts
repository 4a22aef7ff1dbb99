import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventually } from '../eventually.ts';
import { ask } from '../http/ask.ts';
import { processesIn } from '../programs/processes-in.ts';
import { signS3 } from './s3-signature.ts';
import { startBucketServer } from './server.ts';

test('objects can be listed and read with the keys, and with nothing else', async () => {
  await using server = await startBucketServer({ tls: true, region: 'eu-central-1' });
  const { ca, region, accessKey, secretKey } = server;
  await server.createBucket('apps');
  const etag = await server.putObject('apps', "deploy/app (it's one).yaml", 'kind: Namespace\n');
  expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
  const get = async (path: string, secret = secretKey) => {
    const url = new URL(path, server.url);
    const headers = signS3({ method: 'GET', url, body: Buffer.alloc(0) }, { accessKey, secretKey: secret, region });
    return ask(url.href, { ca, headers });
  };

  const listing = await get('/apps?list-type=2');
  expect(listing.text).toContain('<Key>deploy/app (it&#39;s one).yaml</Key>');
  expect((await get('/apps/deploy/app%20%28it%27s%20one%29.yaml')).text).toBe('kind: Namespace\n');
  expect((await get('/apps?list-type=2', 'wrong')).text).toContain('SignatureDoesNotMatch');
  expect((await ask(`${server.url}/apps?list-type=2`, { ca })).status).toBe(403);
  expect(server.requests).toHaveLength(4);
  expect(server.requests[0]?.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=testkit-access-key\//);

  await server.deleteObject('apps', "deploy/app (it's one).yaml");
  expect((await get('/apps?list-type=2')).text).not.toContain('<Key>');
});

test('a public bucket is there for anybody', async () => {
  await using server = await startBucketServer();
  await server.createBucket('open');
  await server.putObject('open', 'a.txt', 'a');

  await server.makePublic('open');

  expect((await ask(`${server.url}/open?list-type=2`)).text).toContain('<Key>a.txt</Key>');
  expect((await ask(`${server.url}/open/a.txt`)).text).toBe('a');
});

test('it leaves nothing behind', async () => {
  const server = await startBucketServer();
  expect(existsSync(server.directory)).toBe(true);
  expect(await processesIn(server.directory)).toContainEqual(expect.stringContaining('versitygw'));

  await server[Symbol.asyncDispose]();

  expect(existsSync(server.directory)).toBe(false);
  await eventually(async () => expect(await processesIn(server.directory)).toEqual([]));
  await expect(ask(server.url)).rejects.toThrow('ECONNREFUSED');
});
