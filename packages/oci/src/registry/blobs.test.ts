import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descriptor } from '../../test/documents.ts';
import { never, rejection, scriptedRegistry } from '../../test/scripted-registry.ts';
import { digestOf, parseDigest } from '../index.ts';

const BLOB = Buffer.from('the bytes of a layer');
const LAYER = { ...descriptor(BLOB), annotations: {} };
const LIMITS = () => ({ signal: never(), maxBytes: 1_000_000 });
const FILES = { directory: '' };

beforeAll(async () => {
  FILES.directory = await mkdtemp(join(tmpdir(), 'gotk-oci-'));
});
afterAll(() => rm(FILES.directory, { recursive: true }));

const file = (name: string) => join(FILES.directory, name);

describe('a blob', () => {
  test('is streamed to a file, or read', async () => {
    await using registry = await scriptedRegistry((_request, response) => response.end(BLOB));
    using remote = registry.open();

    await remote.saveBlob(LAYER, file('layer'), LIMITS());

    expect(await readFile(file('layer'))).toEqual(BLOB);
    expect(await remote.readBlob(LAYER, LIMITS())).toEqual(BLOB);
    expect(registry.requests[0]?.line).toBe(`GET /v2/team/app/blobs/${LAYER.digest}`);
  });

  test('may have a digest by SHA-512', async () => {
    await using registry = await scriptedRegistry((_request, response) => response.end(BLOB));
    using remote = registry.open();
    const digest = digestOf(BLOB, parseDigest(`sha512:${'0'.repeat(128)}`));
    expect(await remote.readBlob({ ...LAYER, digest }, LIMITS())).toEqual(BLOB);
  });

  const chunked = (bytes: Buffer) => (response: ServerResponse) => {
    response.write(bytes.subarray(0, 5));
    response.end(bytes.subarray(5));
  };
  test.each([
    ['other bytes', (response: ServerResponse) => response.end('THE BYTES OF A LAYER')],
    ['fewer bytes', chunked(BLOB.subarray(0, 10))],
    ['no bytes', (response: ServerResponse) => response.end()],
    ['more bytes', chunked(Buffer.concat([BLOB, BLOB]))],
    [
      'a length that says more',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': '21' }).end('the bytes of a layer.'),
    ],
  ])('of %s than its manifest says leaves no file (A14)', async (_what, answer) => {
    await using registry = await scriptedRegistry((_request, response) => answer(response));
    using remote = registry.open();
    await writeFile(file('wrong'), 'from an earlier attempt');

    const error = await rejection(remote.saveBlob(LAYER, file('wrong'), LIMITS()));

    expect(error).toMatchObject({ kind: 'digest-mismatch', message: expect.stringContaining(LAYER.digest) });
    expect(await rejection(remote.readBlob(LAYER, LIMITS()))).toMatchObject({ kind: 'digest-mismatch' });
    expect(existsSync(file('wrong'))).toBe(false);
  });

  test('that goes on for ever ends where its size says', async () => {
    await using registry = await scriptedRegistry((_request, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(64 * 1024)));
        response.once('drain', more);
      };
      more();
    });
    using remote = registry.open();
    const large = { ...LAYER, size: 1_000_000 };
    expect(await rejection(remote.saveBlob(large, file('endless'), LIMITS()))).toMatchObject({
      kind: expect.stringMatching(/digest-mismatch|too-large/),
    });
    expect(existsSync(file('endless'))).toBe(false);
  });

  test('that claims more than is allowed is not asked for (row 15)', async () => {
    await using registry = await scriptedRegistry((_request, response) => response.end(BLOB));
    using remote = registry.open();
    expect(await rejection(remote.saveBlob({ ...LAYER, size: 1_000_001 }, file('large'), LIMITS()))).toMatchObject({ kind: 'too-large' });
    expect(registry.requests).toEqual([]);
  });

  test('that breaks off leaves no file', async () => {
    await using registry = await scriptedRegistry((_request, response) => {
      response.writeHead(200, { 'content-length': String(BLOB.length) });
      response.write(BLOB.subarray(0, 5));
      setTimeout(() => response.destroy(), 20);
    });
    using remote = registry.open();
    expect(await rejection(remote.saveBlob(LAYER, file('broken'), LIMITS()))).toMatchObject({ kind: 'unreachable' });
    expect(existsSync(file('broken'))).toBe(false);
  });

  test('whose download is given up leaves no file', async () => {
    const controller = new AbortController();
    await using registry = await scriptedRegistry((_request, response) => {
      response.write(BLOB.subarray(0, 5));
      setTimeout(() => controller.abort(new Error('superseded')), 20);
    });
    using remote = registry.open();
    const error = await rejection(remote.saveBlob(LAYER, file('given-up'), { signal: controller.signal, maxBytes: 1_000 }));
    expect(error).toMatchObject({ message: 'superseded' });
    expect(existsSync(file('given-up'))).toBe(false);
  });

  test('that cannot be written says what the disk says', async () => {
    await using registry = await scriptedRegistry((_request, response) => response.end(BLOB));
    using remote = registry.open();
    expect(await rejection(remote.saveBlob(LAYER, file('no/such/directory'), LIMITS()))).toMatchObject({ code: 'ENOENT' });
  });

  test('is fetched from wherever the registry keeps it, without the credentials', async () => {
    await using storage = await scriptedRegistry((_request, response) => response.end(BLOB));
    await using registry = await scriptedRegistry((request, response) => {
      if (request.headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': 'Basic' }).end();
      else response.writeHead(307, { location: `https://localhost:${storage.port}/bucket/key?signature=CANARY` }).end();
    });
    using remote = registry.open({ login: { kind: 'basic', username: 'user', password: 'password' } });

    expect(await remote.readBlob(LAYER, LIMITS())).toEqual(BLOB);

    expect(storage.requests.map(({ line, authorization }) => ({ line, authorization }))).toEqual([
      { line: 'GET /bucket/key?signature=CANARY', authorization: undefined },
    ]);
  });

  test('is refused without what gives access to where it is kept', async () => {
    await using storage = await scriptedRegistry((_request, response) => response.writeHead(403).end('<Error>AccessDenied</Error>'));
    await using registry = await scriptedRegistry((_request, response) =>
      response.writeHead(307, { location: `https://localhost:${storage.port}/bucket/key?X-Amz-Signature=CANARY` }).end(),
    );
    using remote = registry.open();
    const error = await rejection(remote.readBlob(LAYER, LIMITS()));
    expect(error).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('/bucket/key: unexpected status code 403: <Error>AccessDenied'),
    });
    expect(String(error)).not.toContain('CANARY');
  });

  test.each(['http://127.0.0.1:1/blob', 'file:///etc/passwd'])('is not fetched from %s', async (location) => {
    await using registry = await scriptedRegistry((_request, response) => response.writeHead(307, { location }).end());
    using remote = registry.open();
    expect(await rejection(remote.readBlob(LAYER, LIMITS()))).toMatchObject({ kind: 'protocol' });
  });

  test('is not looked for on a way without end', async () => {
    await using registry = await scriptedRegistry((request, response) => response.writeHead(307, { location: `${request.url}` }).end());
    using remote = registry.open();
    expect(await rejection(remote.readBlob(LAYER, LIMITS()))).toMatchObject({ kind: 'protocol' });
    expect(registry.requests).toHaveLength(6);
  });
});
