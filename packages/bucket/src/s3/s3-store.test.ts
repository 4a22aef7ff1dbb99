import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ANONYMOUS } from '@gotk/auth';
import { startBucketServer } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { listed, never, storeAt, work } from '../../test/s3.ts';
import { scripted } from '../../test/scripted.ts';

const keysOf = async (...args: Parameters<typeof listed>) => (await listed(...args)).map(({ key }) => key);

describe('a real S3 server', () => {
  test('lists with etags and sizes, gives out objects, and knows what is not there', async () => {
    await using server = await startBucketServer();
    await using files = await work();
    await server.createBucket('bucket');
    const etag = await server.putObject('bucket', 'deploy/app.yaml', 'kind: App\n');
    await server.putObject('bucket', 'readme.md', '# hello\n');
    const login = async () => ({ accessKeyId: server.accessKey, secretAccessKey: server.secretKey });
    using store = storeAt(server.endpoint, { login, region: server.region });

    expect(await listed(store)).toEqual([
      { key: 'deploy/app.yaml', etag: etag.replaceAll('"', ''), size: 10 },
      expect.objectContaining({ key: 'readme.md', size: 8 }),
    ]);
    expect(await keysOf(store, 'deploy/')).toEqual(['deploy/app.yaml']);
    expect(await store.fetch('deploy/app.yaml', files.file('app'), { signal: never(), maxBytes: 100 })).toBe(etag.replaceAll('"', ''));
    expect(await readFile(files.file('app'), 'utf8')).toBe('kind: App\n');
    expect(await store.fetch('gone.yaml', files.file('gone'), { signal: never(), maxBytes: 100 })).toBeUndefined();
    await expect(store.fetch('readme.md', files.file('large'), { signal: never(), maxBytes: 7 })).rejects.toMatchObject({
      kind: 'too-large',
    });
  });

  test('may call its objects what it likes', async () => {
    await using server = await startBucketServer();
    await using files = await work();
    await server.createBucket('bucket');
    const keys = ['a b+c.yaml', 'ä/ö/日本.yaml', 'quote\'s&<tag>"%20%.yaml', '(paren)!*~.yaml', ' space '];
    for (const key of keys) await server.putObject('bucket', key, key);
    using store = storeAt(server.endpoint, { login: async () => ({ accessKeyId: server.accessKey, secretAccessKey: server.secretKey }) });

    expect(new Set(await keysOf(store))).toEqual(new Set(keys));
    for (const [index, key] of keys.entries()) {
      await store.fetch(key, files.file(String(index)), { signal: never(), maxBytes: 100 });
      expect(await readFile(files.file(String(index)), 'utf8')).toBe(key);
    }
  });

  test('lists a thousand objects and more, page by page', async () => {
    await using server = await startBucketServer();
    await server.createBucket('bucket');
    const keys = Array.from({ length: 1_050 }, (_, index) => `k${String(index).padStart(4, '0')}`);
    // Files that lie in its directory are objects to the server; to put so many would take long.
    for (const key of keys) writeFileSync(join(server.directory, 'data', 'bucket', key), 'x');
    using store = storeAt(server.endpoint, { login: async () => ({ accessKeyId: server.accessKey, secretAccessKey: server.secretKey }) });
    const before = server.requests.length;

    expect(await keysOf(store)).toEqual(keys);
    expect(server.requests.length - before).toBe(2);
  });

  test('a public bucket needs no login; another one, or a wrong key, is refused without the secret in the message', async () => {
    await using server = await startBucketServer({ tls: true });
    await server.createBucket('bucket');
    await server.createBucket('private');
    await server.putObject('bucket', 'a', 'a');
    await server.makePublic('bucket');
    const access = { ...ANONYMOUS, ...(server.ca === undefined ? {} : { ca: server.ca }) };
    using open = storeAt(server.endpoint, { insecure: false, access });
    using shut = storeAt(server.endpoint, { insecure: false, access, bucket: 'private' });
    const login = async () => ({ accessKeyId: server.accessKey, secretAccessKey: 'CANARY-wrong' });
    using wrong = storeAt(server.endpoint, { insecure: false, access, login });

    expect(await keysOf(open)).toEqual(['a']);
    await expect(listed(shut)).rejects.toMatchObject({ kind: 'unauthorized', message: expect.stringContaining('AccessDenied') });
    await expect(listed(wrong)).rejects.toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/^(?!.*CANARY).*SignatureDoesNotMatch/),
    });
  });

  test('a bucket that does not exist is called so', async () => {
    await using server = await startBucketServer();
    using store = storeAt(server.endpoint, { login: async () => ({ accessKeyId: server.accessKey, secretAccessKey: server.secretKey }) });
    await expect(listed(store)).rejects.toMatchObject({ kind: 'not-found', message: "bucket 'bucket' not found" });
  });
});

describe('a store that means harm', () => {
  test.each([
    ['entities of its own', '<!DOCTYPE x [<!ENTITY a "aaaa">]><ListBucketResult>&a;</ListBucketResult>', /definitions of its own/],
    ['no XML', 'hello', /no listing|size|undefined/],
    ['no end', '<ListBucketResult><Contents><Key>a</Key>', /no listing/],
    ['a size that is none', '<ListBucketResult><Contents><Key>a</Key><Size>-1</Size></Contents></ListBucketResult>', /without a size/],
    ['a page that leads to itself', '<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>', /not where/],
    [
      'a key in no encoding',
      '<ListBucketResult><EncodingType>url</EncodingType><Contents><Key>%zz</Key><Size>1</Size></Contents></ListBucketResult>',
      /encoding/,
    ],
  ])('and sends %s is refused', async (what, body, message) => {
    await using server = await scripted((_url, response) => response.end(body));
    using store = storeAt(server.endpoint);
    if (what === 'no XML') return expect(await listed(store).catch(() => [])).toEqual([]);
    await expect(listed(store)).rejects.toThrow(message);
  });

  test('and nests without end is refused', async () => {
    await using server = await scripted((_url, response) => response.end(`<ListBucketResult>${'<a>'.repeat(100_000)}`));
    using store = storeAt(server.endpoint);
    await expect(listed(store)).rejects.toMatchObject({ name: 'BucketError', kind: 'protocol' });
  });

  test('and redirects is not followed with the keys', async () => {
    let asked = 0;
    await using other = await scripted((_url, response) => {
      asked += 1;
      response.end();
    });
    await using server = await scripted((_url, response) => response.writeHead(307, { location: `http://${other.endpoint}/` }).end());
    using store = storeAt(server.endpoint, { login: async () => ({ accessKeyId: 'id', secretAccessKey: 'CANARY' }) });
    await expect(listed(store)).rejects.toMatchObject({ kind: 'protocol', message: expect.stringContaining('307') });
    expect(asked).toBe(0);
  });

  test('and quotes credentials, in many lines, is quoted in one, without them', async () => {
    const message = 'no\n&#27;[31m: Authorization: Bearer CANARY-token\nStatus: all is well';
    const body = `<Error><Code>Denied</Code><Message>${message}</Message></Error>`;
    await using server = await scripted((_url, response) => response.writeHead(403).end(body));
    using store = storeAt(server.endpoint);

    const error: unknown = await listed(store).catch((reason: unknown) => reason);

    expect(error).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringMatching(/^(?!.*CANARY)[^\p{Cc}]*Denied: no [^\p{Cc}]*all is well[^\p{Cc}]*$/u),
    });
  });

  test('and prototypes of ours stay as they are', async () => {
    const body = '<ListBucketResult><__proto__><x>1</x></__proto__><constructor>1</constructor></ListBucketResult>';
    await using server = await scripted((_url, response) => response.end(body));
    using store = storeAt(server.endpoint);
    await listed(store).catch(() => undefined);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});
