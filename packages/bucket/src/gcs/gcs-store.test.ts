import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { anyClient, listed, never, work } from '../../test/s3.ts';
import { scripted } from '../../test/scripted.ts';
import { gcsStore } from './gcs-store.ts';

interface Stored {
  readonly generation: string;
  readonly content: string;
}

/** The part of the JSON API that is used, as its reference describes it: two objects a page, contents by generation. */
async function gcs(objects: Map<string, Stored>, token = 'Bearer t0ken') {
  return await scripted((url, response, request) => {
    const json = (status: number, value: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (request.headers.authorization !== token) return json(401, { error: { code: 401, message: 'Invalid Credentials' } });
    const [, bucket, key] = /^\/storage\/v1\/b\/([^/]+)\/o(?:\/(.*))?$/.exec(url.pathname) ?? [];
    if (bucket !== 'bucket') return json(404, { error: { code: 404, message: 'The specified bucket does not exist.' } });
    const describe = (name: string, { generation, content }: Stored) => ({
      name,
      generation,
      etag: `etag-${generation}`,
      size: String(content.length),
    });
    if (key === undefined) {
      const names = [...objects.keys()].filter((name) => name.startsWith(url.searchParams.get('prefix') ?? '')).sort();
      const at = Number(url.searchParams.get('pageToken') ?? '0');
      const items = names.slice(at, at + 2).flatMap((name) => {
        const object = objects.get(name);
        return object === undefined ? [] : [describe(name, object)];
      });
      return json(200, { items, ...(at + 2 < names.length ? { nextPageToken: String(at + 2) } : {}) });
    }
    const name = decodeURIComponent(key);
    const object = objects.get(name);
    if (object === undefined) return json(404, { error: { code: 404, message: 'No such object' } });
    if (url.searchParams.get('alt') !== 'media') return json(200, describe(name, object));
    if (url.searchParams.get('generation') !== object.generation) return json(404, { error: { code: 404, message: 'No such object' } });
    return response.end(object.content);
  });
}

const storeOf = (api: string, token: string | undefined = 't0ken') =>
  gcsStore({ bucket: 'bucket', token: async () => token, client: anyClient(), api: new URL(api) });

test('a bucket of Google is listed page by page, and its objects are fetched as they were listed', async () => {
  await using files = await work();
  const objects = new Map(
    ['a.yaml', 'd/b c+.yaml', 'd/ü.yaml'].map((key, index) => [key, { generation: String(index + 1), content: key }]),
  );
  await using server = await gcs(objects);
  using store = storeOf(server.url);
  expect(await listed(store)).toEqual([
    { key: 'a.yaml', etag: 'etag-1', size: 6 },
    { key: 'd/b c+.yaml', etag: 'etag-2', size: 11 },
    { key: 'd/ü.yaml', etag: 'etag-3', size: 8 },
  ]);
  for (const [index, key] of [...objects.keys()].entries()) {
    expect(await store.fetch(key, files.file(String(index)), { signal: never(), maxBytes: 100 })).toBe(`etag-${index + 1}`);
    expect(await readFile(files.file(String(index)), 'utf8')).toBe(key);
  }
  // Two pages, three objects: nothing was asked twice.
  expect(server.requests).toHaveLength(5);
});

test('an object that changed since the listing is fetched as it is now; one that went is not there', async () => {
  await using files = await work();
  const objects = new Map([
    ['a', { generation: '1', content: 'old' }],
    ['b', { generation: '2', content: 'gone' }],
  ]);
  await using server = await gcs(objects);
  using store = storeOf(server.url);
  await listed(store);
  objects.set('a', { generation: '9', content: 'new' });
  objects.delete('b');
  expect(await store.fetch('a', files.file('a'), { signal: never(), maxBytes: 100 })).toBe('etag-9');
  expect(await readFile(files.file('a'), 'utf8')).toBe('new');
  expect(await store.fetch('b', files.file('b'), { signal: never(), maxBytes: 100 })).toBeUndefined();
});

test('a bucket that is not there, and a login that is refused, are told apart', async () => {
  await using server = await gcs(new Map());
  using missing = gcsStore({ bucket: 'another', token: async () => 't0ken', client: anyClient(), api: new URL(server.url) });
  await expect(listed(missing)).rejects.toMatchObject({ kind: 'not-found', message: "bucket 'another' not found" });
  using wrong = storeOf(server.url, 'CANARY');
  await expect(listed(wrong)).rejects.toMatchObject({
    kind: 'unauthorized',
    message: expect.stringMatching(/^(?!.*CANARY).*Invalid Credentials/),
  });
});

test.each([
  ['no JSON', 'hello', /no JSON/],
  ['null', 'null', /no listing/],
  ['items that are none', '{"items":{"length":1}}', /no listing/],
  ['an object without a size', '{"items":[{"name":"a","etag":"x","generation":"1"}]}', /without a name/],
  ['null as an object', '{"items":[null]}', /without a name/],
  ['a page that leads to itself', '{"items":[],"nextPageToken":"x"}', /not where/],
])('an answer of %s is refused', async (_what, body, message) => {
  await using server = await scripted((_url, response) => response.end(body));
  using store = storeOf(server.url);
  await expect(listed(store)).rejects.toThrow(message);
});
