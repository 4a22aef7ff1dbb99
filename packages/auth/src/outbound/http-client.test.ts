import { gzipSync } from 'node:zlib';
import { systemClock } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { onRequest, startHttpServer, startRawServer, until, unusedPort } from '../../test/servers.ts';
import { ANONYMOUS, type HttpAccess, type Reach } from './http-access.ts';
import { createHttpClient, type HttpClient, type HttpRequest } from './http-client.ts';

const clientOf = ({
  access = ANONYMOUS,
  reach = 'anywhere',
  ...options
}: {
  access?: HttpAccess;
  reach?: Reach;
  connections?: number;
} = {}) => createHttpClient({ access, reach, clock: systemClock, ...options });

const get = (client: HttpClient, url: string, request: Partial<HttpRequest> = {}) =>
  client.request(new URL(url), { signal: AbortSignal.timeout(10_000), maxBytes: 1_000_000, ...request });

const raw = (text: string | Buffer, { end = true } = {}) =>
  startRawServer(onRequest((socket) => (end ? socket.end(text) : socket.write(text))));

/** How a request fails, whether before its answer or within it. */
async function failureOf(url: string, request: Partial<HttpRequest> = {}, access: HttpAccess = ANONYMOUS): Promise<unknown> {
  using client = clientOf({ access });
  return await get(client, url, request)
    .then((answer) => answer.bytes())
    .then(
      (bytes) => `answered with ${bytes.length} bytes`,
      (error: unknown) => error,
    );
}

describe('a client', () => {
  test('sends what it is given, and gives back what answers', async () => {
    await using server = await startHttpServer(({ body }, response) => response.writeHead(201, { 'x-answer': 'yes' }).end(`got ${body}`));
    using client = clientOf();

    const answer = await get(client, `${server.url}/path?query`, { method: 'POST', body: 'hällo', headers: { 'x-question': '1' } });

    expect(answer).toMatchObject({ status: 201, headers: { 'x-answer': 'yes' } });
    expect((await answer.bytes()).toString()).toBe('got hällo');
    expect(server.received).toMatchObject([
      { line: 'POST /path?query', body: 'hällo', headers: { 'x-question': '1', 'content-length': '6', 'accept-encoding': 'identity' } },
    ]);
  });

  test('uses one connection for one request after another', async () => {
    await using server = await startHttpServer((_, response) => response.end('x'.repeat(200_000)), { tls: certificates.server });
    using client = clientOf({ access: { ...ANONYMOUS, ca: certificates.ca } });

    for (let count = 0; count < 5; count++) await (await get(client, server.url)).bytes();

    expect(server.connections).toBe(1);
  });

  test('makes no more connections to an origin than it may', async () => {
    let most = 0;
    await using server = await startHttpServer((_, response) => {
      most = Math.max(most, server.open);
      response.end('x');
    });
    using client = clientOf({ connections: 2 });

    await Promise.all(Array.from({ length: 20 }, async () => (await get(client, server.url)).bytes()));

    expect(most).toBe(2);
    expect(server.received).toHaveLength(20);
  });

  test('asks again when a kept connection turns out to be closed', async () => {
    let connections = 0;
    await using server = await startRawServer((socket) => {
      connections += 1;
      const lasting = connections > 1;
      let requests = 0;
      socket.on('data', () => {
        requests += 1;
        if (requests > 1 && !lasting) socket.resetAndDestroy();
        else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
      });
    });
    using client = clientOf();
    await (await get(client, server.url)).bytes();

    expect((await (await get(client, server.url)).bytes()).toString()).toBe('x');
    expect(server.connections).toBe(2);
  });

  test('cuts its connections when it is disposed of, those in use and those in the making', async () => {
    await using silent = await startRawServer((socket) => void socket.resume());
    await using server = await startHttpServer((_, response) => response.write('x'));
    const client = clientOf({ access: { ...ANONYMOUS, ca: certificates.ca } });
    const answer = await get(client, server.url);
    const shaking = get(client, silent.url.replace('http:', 'https:')).catch((error: unknown) => error);
    await until(() => silent.open === 1);

    client[Symbol.dispose]();

    await expect(answer.bytes()).rejects.toMatchObject({ kind: 'unreachable' });
    expect(await shaking).toMatchObject({ kind: 'unreachable' });
    await until(() => server.open + silent.open === 0);
  });
});

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

  test('that was not asked for is left as it is: an archive is often told to be compressed for the way', async () => {
    const archive = gzipSync('hello');
    await using server = await packed('gzip', archive);

    expect(await failureOf(server.url)).toBe(`answered with ${archive.length} bytes`);
  });

  test.each(['br', 'deflate', 'zstd', 'compress', 'gzip, gzip', 'gzip,'.repeat(1_000)])(
    'of another kind, "%.20s", is refused',
    async (encoding) => {
      await using server = await packed(encoding, gzipSync('hello'));

      for (const compressed of [true, false]) {
        const failure = await failureOf(server.url, { compressed });
        expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('encoding') });
        expect(String(failure).length).toBeLessThan(200);
      }
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

describe('a server that', () => {
  test.each([
    ['hangs up before its answer', '', /hang up|ECONNRESET/],
    ['answers half a header', 'HTTP/1.1 200 OK\r\nContent-', /hang up|ECONNRESET|Parse/],
    ['answers half a body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf', /aborted/],
    ['answers half a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf', /aborted/],
    ['does not speak HTTP', 'SSH-2.0-OpenSSH_9.9 CANARY\r\n', /Parse Error/],
    ['sends binary garbage', Buffer.from([0, 255, 13, 10, 1, 2, 3, 13, 10]), /Parse Error/],
    ['splits its answer', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx', /Parse Error/],
    ['smuggles', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', /Parse Error/],
    ['sends huge headers', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, /Header overflow/i],
    ['sends a great many headers', `HTTP/1.1 200 OK\r\n${'X: xxxxxxxxx\r\n'.repeat(20_000)}\r\n`, /Header overflow/i],
    ['changes the protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n', /something else/],
  ])('%s is unreachable', async (_, answer, message) => {
    await using server = await raw(answer);

    const failure = await failureOf(server.url);

    expect(failure).toMatchObject({ name: 'HttpFailure', kind: 'unreachable', message: expect.stringMatching(message) });
    expect(String(failure)).not.toContain('CANARY');
    await until(() => server.open === 0);
  });

  test('is not there is unreachable', async () => {
    const port = await unusedPort();

    expect(await failureOf(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'unreachable', code: 'ECONNREFUSED' });
    expect(await failureOf(`http://localhost:${port}/`)).toMatchObject({ kind: 'unreachable', code: 'ECONNREFUSED' });
    expect(await failureOf('http://no-such-host.invalid/')).toMatchObject({
      kind: 'unreachable',
      message: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/),
    });
  });

  test('never finishes its handshake is given up after twenty seconds', async () => {
    await using server = await startRawServer((socket) => void socket.resume());
    const clock = fakeClock();
    using client = createHttpClient({ access: ANONYMOUS, reach: 'anywhere', clock });
    const failure = get(client, `https://127.0.0.1:${server.port}/`).catch((error: unknown) => error);
    await until(() => server.open === 1);

    await clock.advance(20_000);

    expect(await failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('no connection within 20 s') });
    await until(() => server.open === 0);
  });

  test.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'data:,x'])('is asked by other means, as in %s, is not asked', async (url) => {
    expect(await failureOf(url)).toMatchObject({ kind: 'refused' });
  });
});

describe('TLS', () => {
  const greeting = (tls: { cert: string; key: string }, host = 'localhost') =>
    startHttpServer((_, response) => response.end('hello'), { tls, host });
  const trusting: HttpAccess = { ...ANONYMOUS, ca: certificates.ca };

  test.each(['localhost', '127.0.0.1'])('is spoken with a server at %s that an authority of the bundle vouches for', async (host) => {
    await using server = await greeting(certificates.server, host);

    expect(await failureOf(server.url, {}, trusting)).toBe('answered with 5 bytes');
  });

  test.each([
    ['an authority that nobody named', certificates.server, ANONYMOUS, /issuer certificate|self-signed/],
    ['another name', certificates.elsewhere, trusting, /does not match/],
    ['a time that is over', certificates.expired, trusting, /expired/],
  ])('is not spoken with a server that has a certificate of %s', async (...[, certificate, access, message]) => {
    await using server = await greeting(certificate);

    expect(await failureOf(server.url, {}, access)).toMatchObject({ kind: 'unreachable', message: expect.stringMatching(message) });
    expect(server.received).toEqual([]);
  });

  test("shows the client's certificate to the server it is for", async () => {
    await using server = await greeting(certificates.server);

    await failureOf(server.url, {}, { ...trusting, clientCertificate: { ...certificates.client, origin: server.url } });
    await failureOf(server.url, {}, { ...trusting, clientCertificate: { ...certificates.client, origin: 'https://other.example.com' } });

    expect(server.received.map(({ certificate }) => certificate)).toEqual(['tenant', undefined]);
  });

  test.each([
    ['no certificate', { cert: 'CANARY', key: certificates.client.key }],
    ['a key for another certificate', { cert: certificates.client.cert, key: certificates.server.key }],
  ])('fails as any connection does with %s', async (_, pair) => {
    await using server = await greeting(certificates.server);

    const failure = await failureOf(server.url, {}, { ...trusting, clientCertificate: { ...pair, origin: server.url } });

    expect(failure).toMatchObject({ name: 'HttpFailure', kind: 'unreachable' });
    expect(String(failure)).not.toContain('CANARY');
  });

  test('that fails a thousand times leaves nothing behind', { timeout: 120_000 }, async () => {
    await using server = await greeting(certificates.server);
    using client = clientOf();
    const fail = async (times: number) => {
      for (let count = 0; count < times; count++) await get(client, server.url).catch(() => undefined);
    };
    await fail(200);
    const before = process.memoryUsage().rss;

    await fail(1_000);

    await until(() => server.open === 0);
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * 1024 * 1024);
  });
});

describe('an abort', () => {
  const reason = new Error('newer intent');

  test('before the request sends none', async () => {
    await using server = await startHttpServer((_, response) => response.end('x'));

    expect(await failureOf(server.url, { signal: AbortSignal.abort(reason) })).toBe(reason);
    expect(server.connections).toBe(0);
  });

  test.each([
    ['while the server thinks', () => startRawServer((socket) => void socket.resume())],
    ['while the body drips', () => startHttpServer((_, response) => void response.write('x'))],
  ])('%s ends the request with its reason and closes the connection', async (_, start) => {
    await using server = await start();
    const controller = new AbortController();
    const failure = failureOf(server.url, { signal: controller.signal });
    await until(() => server.open === 1);

    controller.abort(reason);

    expect(await failure).toBe(reason);
    await until(() => server.open === 0);
  });

  test('while it waits for its turn ends the request, and the turn goes to the next', async () => {
    await using server = await startHttpServer((_, response) => void response.write('x'));
    using client = clientOf({ connections: 1 });
    const first = await get(client, server.url);
    const controller = new AbortController();
    const second = get(client, server.url, { signal: controller.signal }).catch((error: unknown) => error);
    const third = get(client, server.url);

    controller.abort(reason);
    expect(await second).toBe(reason);
    first.discard();

    (await third).discard();
  });

  test('between answer and body ends the body with its reason', async () => {
    await using server = await startHttpServer((_, response) => response.end('x'.repeat(1_000)));
    using client = clientOf();
    const controller = new AbortController();
    const answer = await get(client, server.url, { signal: controller.signal });

    controller.abort(reason);

    await expect(answer.bytes()).rejects.toBe(reason);
    await until(() => server.open === 0);
  });

  test('after the answer was read changes nothing, and the connection is used again', async () => {
    await using server = await startHttpServer((_, response) => response.end('x'));
    using client = clientOf();
    const controller = new AbortController();
    await (await get(client, server.url, { signal: controller.signal })).bytes();

    controller.abort(reason);

    expect((await (await get(client, server.url)).bytes()).toString()).toBe('x');
    expect(server.connections).toBe(1);
  });
});

describe('a client of remote servers', () => {
  test.each(['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]'])(
    'does not connect to %s',
    async (host) => {
      await using server = await startHttpServer((_, response) => response.end('x'));
      using client = clientOf({ reach: 'remote' });

      await expect(get(client, `http://${host}:${server.port}/`)).rejects.toMatchObject({ kind: 'refused' });

      expect(server.connections).toBe(0);
    },
  );

  test.each(['127.0.0.1', 'localhost'])('does not use a proxy at %s', async (host) => {
    await using server = await startHttpServer((_, response) => response.end('x'));
    for (const scheme of ['http', 'https', 'socks5']) {
      using client = clientOf({
        reach: 'remote',
        access: { ...ANONYMOUS, proxy: { address: new URL(`${scheme}://${host}:${server.port}`) } },
      });

      for (const url of ['http://example.com/', 'https://example.com/'])
        await expect(get(client, url)).rejects.toMatchObject({ kind: 'refused' });
    }
    expect(server.connections).toBe(0);
  });
});
