import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { clientOf, failureOf, get } from '../../test/asking.ts';
import { startHttpServer, until } from '../../test/servers.ts';
import { ANONYMOUS } from './http-access.ts';
import { createHttpClient } from './http-client.ts';

describe('a body', () => {
  test('frees the connection when reading stops early, and when it is given up', async () => {
    await using server = await startHttpServer((_, response) => void response.write('x'.repeat(100_000)));
    using client = clientOf({ connections: 1 });

    for await (const chunk of (await get(client, server.url)).body) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    (await get(client, server.url)).discard();
    const third = await get(client, server.url);

    expect(third.status).toBe(200);
    third.discard();
    await until(() => server.open === 0);
  });

  test('that is unpacked frees the connection too', async () => {
    await using server = await startHttpServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      // Half of it, and nothing more.
      response.write(gzipSync(randomBytes(1_000_000)).subarray(0, 500_000));
    });
    using client = clientOf({ connections: 1 });
    const request = { compressed: true, signal: AbortSignal.timeout(2_000) };

    for (let count = 0; count < 3; count++) {
      for await (const chunk of (await get(client, server.url, request)).body) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    }

    await until(() => server.open === 0);
  });

  test('that nobody reads is given up after five minutes', async () => {
    await using server = await startHttpServer((_, response) => void response.write('x'));
    const clock = fakeClock();
    using client = createHttpClient({ access: ANONYMOUS, reach: 'anywhere', clock, connections: 1 });
    const forgotten = await get(client, server.url, { signal: new AbortController().signal });

    await clock.advance(5 * 60_000);

    await until(() => server.open === 0);
    await expect(forgotten.bytes()).rejects.toThrow('nothing moved for 300 s');
    (await get(client, server.url)).discard();
    await until(() => clock.pending === 0);
  });

  test('can be read once', async () => {
    await using server = await startHttpServer((_, response) => response.end('x'));
    using client = clientOf();
    const answer = await get(client, server.url);
    await answer.bytes();

    await expect(answer.bytes()).rejects.toThrow('can be read once');
  });

  test('of exactly as many bytes as are allowed is read, and of one more refused', async () => {
    await using server = await startHttpServer((_, response) => response.end('12345'));

    expect(await failureOf(server.url, { maxBytes: 5 })).toBe('answered with 5 bytes');
    expect(await failureOf(server.url, { maxBytes: 4 })).toMatchObject({ kind: 'too-large' });
  });

  test('that never ends is cut off', async () => {
    await using server = await startHttpServer((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });

    expect(await failureOf(server.url)).toMatchObject({ kind: 'too-large', message: expect.stringContaining('more than 1000000 bytes') });
    await until(() => server.open === 0);
  });

  test('of a HEAD, a 204 or a 304 is empty, also without being read', async () => {
    await using server = await startHttpServer(({ line }, response) => {
      response.setHeader('content-encoding', 'gzip');
      if (line.startsWith('HEAD')) response.setHeader('content-length', '5');
      response.writeHead(line.startsWith('HEAD') ? 200 : Number(line.split('/')[1])).end();
    });
    using client = clientOf({ connections: 1 });

    for (const request of [{ method: 'HEAD' }, {}] as const)
      for (const status of [204, 304]) await get(client, `${server.url}/${status}`, { compressed: true, ...request });

    expect((await (await get(client, `${server.url}/204`, { compressed: true })).bytes()).length).toBe(0);
    expect(server.connections).toBe(1);
  });
});

describe('compression', () => {
  const packed = (encoding: string, body: Buffer) =>
    startHttpServer((_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));

  test.each(['gzip', 'GZIP', 'x-gzip', ' gzip '])('as "%s" is undone when it was asked for', async (encoding) => {
    await using server = await packed(encoding, gzipSync('hello'));

    expect(await failureOf(server.url, { compressed: true })).toBe('answered with 5 bytes');
    expect(server.received[0]?.headers['accept-encoding']).toBe('gzip');
  });

  test.each(['gzip', 'br', 'aws-chunked', 'utf-8', 'gzip, gzip'])(
    'that was not asked for is left as it is: people mark what they store with anything, such as "%s"',
    async (encoding) => {
      const archive = gzipSync('hello');
      await using server = await packed(encoding, archive);

      expect(await failureOf(server.url)).toBe(`answered with ${archive.length} bytes`);
    },
  );

  test.each(['br', 'deflate', 'zstd', 'compress', 'gzip, gzip', 'gzip,'.repeat(1_000)])(
    'of another kind than was asked for, "%.20s", is refused',
    async (encoding) => {
      await using server = await packed(encoding, gzipSync('hello'));

      const failure = await failureOf(server.url, { compressed: true });

      expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('encoding') });
      expect(String(failure).length).toBeLessThan(200);
      await until(() => server.open === 0);
    },
  );

  test('that unpacks to a thousand times as much is cut off', async () => {
    await using server = await packed('gzip', gzipSync(Buffer.alloc(200 * 1024 * 1024)));
    const before = process.memoryUsage().rss;

    expect(await failureOf(server.url, { compressed: true })).toMatchObject({ kind: 'too-large' });

    expect(process.memoryUsage().rss - before).toBeLessThan(50 * 1024 * 1024);
    await until(() => server.open === 0);
  });

  test.each([
    ['broken off', gzipSync('hello'.repeat(1_000)).subarray(0, 30)],
    ['no gzip', Buffer.from('hello')],
  ])('that is %s is an error, read or unread', async (_, body) => {
    await using server = await packed('gzip', body);
    using client = clientOf();

    expect(await failureOf(server.url, { compressed: true })).toMatchObject({ kind: 'unreachable' });
    (await get(client, server.url, { compressed: true })).discard();
  });
});
