import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { clientOf, failureOf, get } from '../../test/asking.ts';
import { certificates } from '../../test/certificates.ts';
import { onRequest, startHttpServer, startRawServer, until, unusedPort } from '../../test/servers.ts';
import { ANONYMOUS } from './http-access.ts';
import { createHttpClient } from './http-client.ts';

const raw = (text: string | Buffer, { end = true } = {}) =>
  startRawServer(onRequest((socket) => (end ? socket.end(text) : socket.write(text))));

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
    await expect(get(client, server.url)).rejects.toThrow('the client was closed');
    expect(await shaking).toMatchObject({ kind: 'unreachable' });
    await until(() => server.open + silent.open === 0);
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
