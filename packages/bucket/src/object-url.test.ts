import { expect, test } from 'vitest';
import { anyClient, never, storeAt } from '../test/s3.ts';
import { scripted } from '../test/scripted.ts';
import { azureStore } from './azure/azure-store.ts';
import { gcsStore } from './gcs/gcs-store.ts';
import type { ObjectStore } from './object-store.ts';

const STORES: readonly [string, (url: string, endpoint: string) => ObjectStore, readonly string[]][] = [
  ['S3', (_, endpoint) => storeAt(endpoint), ['../other/secret', 'a/../../other/secret', 'a/./b', '..']],
  [
    'Azure',
    (url) => azureStore({ endpoint: `${url}acct`, container: 'box', login: { kind: 'anonymous' }, client: anyClient(), now: () => 0 }),
    ['../other/secret', 'a/./b', '..'],
  ],
  ['Google', (url) => gcsStore({ bucket: 'box', token: async () => undefined, client: anyClient(), api: new URL(url) }), ['.', '..']],
];

test.each(STORES)('a key that leads out of the bucket is asked of nobody: %s', async (_, storeFor, keys) => {
  await using server = await scripted((_url, response) => response.end('secret'));
  using store = storeFor(server.url, server.endpoint);

  for (const key of keys)
    await expect(store.fetch(key, '/nowhere', { signal: never(), maxBytes: 100 })).rejects.toMatchObject({ kind: 'hostile' });

  expect(server.requests).toEqual([]);
});
