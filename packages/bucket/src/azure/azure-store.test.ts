import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { anyClient, listed, never, work } from '../../test/s3.ts';
import { scripted } from '../../test/scripted.ts';
import { type AzureLogin, azureStore, isAzureStorage } from './azure-store.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');
const KEY = Buffer.from('the account key').toString('base64');
const hex = (text: string) => Buffer.from(text).toString('hex');

const page = (names: readonly string[], next = '') =>
  `\ufeff<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="box"><Blobs>${names
    .map(
      (name) =>
        `<Blob><Name>${name}</Name><Properties><Etag>0x${name.length}</Etag><Content-Length>${name.length}</Content-Length></Properties></Blob>`,
    )
    .join('')}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;

/** The part of the REST API that is used, for requests that the test accepts. */
async function azure(isAllowed: (url: URL, headers: Readonly<Record<string, unknown>>) => boolean) {
  return await scripted((url, response, request) => {
    if (!isAllowed(url, request.headers)) return response.writeHead(403, { 'x-ms-error-code': 'AuthenticationFailed' }).end();
    if (!url.pathname.startsWith('/acct/box')) return response.writeHead(404, { 'x-ms-error-code': 'ContainerNotFound' }).end();
    if (url.searchParams.get('comp') === 'list')
      return response.end(url.searchParams.has('marker') ? page(['d/b &amp; c.yaml']) : page(['a.yaml'], 'm1'));
    if (url.pathname === '/acct/box/gone') return response.writeHead(404, { 'x-ms-error-code': 'BlobNotFound' }).end();
    return response.writeHead(200, { etag: '"0x6"' }).end(decodeURIComponent(url.pathname));
  });
}

const storeOf = (url: string, login: AzureLogin, container = 'box') =>
  azureStore({ endpoint: `${url}acct`, container, login, client: anyClient(), now: () => NOW });

const OBJECTS = [
  { key: 'a.yaml', etag: hex('0x6'), size: 6 },
  { key: 'd/b & c.yaml', etag: hex('0x16'), size: 16 },
];

test('the account key signs what the documentation of Azure says it has to', async () => {
  const expected = (text: string) => `SharedKey acct:${createHmac('sha256', Buffer.from(KEY, 'base64')).update(text).digest('base64')}`;
  const headers = 'x-ms-date:Fri, 02 Jan 2026 03:04:05 GMT\nx-ms-version:2023-11-03\n';
  const wanted = new Set([
    expected(`GET\n\n\n\n\n\n\n\n\n\n\n\n${headers}/acct/acct/box\ncomp:list\nprefix:d/\nrestype:container`),
    expected(`GET\n\n\n\n\n\n\n\n\n\n\n\n${headers}/acct/acct/box\ncomp:list\nmarker:m1\nprefix:d/\nrestype:container`),
    expected(`GET\n\n\n\n\n\n\n\n\n\n\n\n${headers}/acct/acct/box/d/b%20%26%20c.yaml`),
  ]);
  await using files = await work();
  await using server = await azure((_url, { authorization }) => wanted.delete(String(authorization)));
  using store = storeOf(server.url, { kind: 'shared-key', key: KEY });

  expect(await listed(store, 'd/')).toEqual(OBJECTS);
  expect(await store.fetch('d/b & c.yaml', files.file('b'), { signal: never(), maxBytes: 100 })).toBe(hex('0x6'));
  expect(await readFile(files.file('b'), 'utf8')).toBe('/acct/box/d/b & c.yaml');
});

test.each<[string, AzureLogin, (url: URL, headers: Readonly<Record<string, unknown>>) => boolean]>([
  ['nothing', { kind: 'anonymous' }, (_url, headers) => headers.authorization === undefined],
  [
    'a signed query',
    { kind: 'sas', query: '?sv=2022&sig=a%2Bb%3D' },
    (url) => url.searchParams.get('sig') === 'a+b=' && url.searchParams.get('sv') === '2022',
  ],
  ['a token', { kind: 'token', token: async () => 't0ken' }, (_url, headers) => headers.authorization === 'Bearer t0ken'],
])('%s lists, fetches, and learns what is not there', async (_what, login, isAllowed) => {
  await using files = await work();
  await using server = await azure(isAllowed);
  using store = storeOf(server.url, login);
  expect(await listed(store)).toEqual(OBJECTS);
  expect(await store.fetch('a.yaml', files.file('a'), { signal: never(), maxBytes: 100 })).toBe(hex('0x6'));
  expect(await store.fetch('gone', files.file('gone'), { signal: never(), maxBytes: 100 })).toBeUndefined();
  using missing = storeOf(server.url, login, 'another');
  await expect(listed(missing)).rejects.toMatchObject({ kind: 'not-found', message: "bucket 'another' not found" });
});

test('a signature that is refused is not in the message', async () => {
  await using server = await azure(() => false);
  using store = storeOf(server.url, { kind: 'sas', query: 'sig=CANARY' });
  await expect(listed(store)).rejects.toMatchObject({
    kind: 'unauthorized',
    message: expect.stringMatching(/^(?!.*CANARY).*AuthenticationFailed/),
  });
});

describe('only a host of Azure is one that a token of the controller may go to', () => {
  test.each([
    ['https://acct.blob.core.windows.net', true],
    ['https://acct.z11.blob.storage.azure.net', true],
    ['https://acct.blob.core.chinacloudapi.cn', true],
    ['http://acct.blob.core.windows.net', false],
    ['https://acct.blob.core.windows.net.evil.dev', false],
    ['https://evil.dev/acct.blob.core.windows.net', false],
    ['https://blob.core.windows.net.', false],
  ])('%s: %s', (url, expected) => {
    expect(isAzureStorage(new URL(url))).toBe(expected);
  });
});
