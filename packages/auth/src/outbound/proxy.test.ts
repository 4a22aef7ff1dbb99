import { systemClock } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { startHttpProxy, startSocksProxy } from '../../test/proxies.ts';
import { onRequest, startHttpServer, startRawServer, until } from '../../test/servers.ts';
import type { HttpProxy } from './http-access.ts';
import { createHttpClient } from './http-client.ts';

const LOGIN = { username: 'me', password: 'CANARY:p@ss/wörd' };
const AUTHORIZATION = `Basic ${Buffer.from(`${LOGIN.username}:${LOGIN.password}`).toString('base64')}`;

async function ask(url: string, proxy: HttpProxy, { clock = systemClock } = {}): Promise<string> {
  const login = { kind: 'bearer', origin: new URL(url).origin, token: 'for-the-server' } as const;
  using client = createHttpClient({ access: { login, ca: certificates.ca, proxy }, reach: 'anywhere', clock });
  const answer = await client.request(new URL(url), { signal: AbortSignal.timeout(10_000), maxBytes: 1_000_000 });
  return `${answer.status} ${await answer.bytes()}`;
}

const via = (url: string, login?: HttpProxy['login']): HttpProxy => ({ address: new URL(url), ...(login === undefined ? {} : { login }) });
const greeting = (tls?: { cert: string; key: string }) =>
  startHttpServer((_, response) => response.end('hello'), { host: 'localhost', ...(tls === undefined ? {} : { tls }) });

describe.each([
  ['http', undefined],
  ['https', certificates.server],
])('a proxy at an %s address', (_, tls) => {
  const options = tls === undefined ? {} : { tls };

  test('is asked for a tunnel to https servers, and sees nothing of what goes through', async () => {
    await using server = await greeting(certificates.server);
    await using proxy = await startHttpProxy(options);

    expect(await ask(server.url, via(proxy.url))).toBe('200 hello');

    expect(proxy.asked).toMatchObject([{ line: `CONNECT localhost:${server.port}` }]);
    expect(JSON.stringify(proxy.asked)).not.toContain('for-the-server');
    expect(server.received[0]?.headers.authorization).toBe('Bearer for-the-server');
  });

  test('gets requests to http servers whole', async () => {
    await using proxy = await startHttpProxy(options);

    expect(await ask('http://git.example.com/app?x=1', via(proxy.url))).toBe('200 by proxy: http://git.example.com/app?x=1');

    expect(JSON.parse(proxy.asked[0]?.headers ?? '')).toMatchObject({ host: 'git.example.com', authorization: 'Bearer for-the-server' });
  });

  test('is logged in to, whatever the password consists of, and the server does not hear of it', async () => {
    await using server = await greeting(certificates.server);
    await using proxy = await startHttpProxy({ ...options, authorization: AUTHORIZATION });

    expect(await ask(server.url, via(proxy.url, LOGIN))).toBe('200 hello');
    expect(await ask('http://git.example.com/', via(proxy.url, LOGIN))).toContain('200 by proxy');

    expect(JSON.stringify(server.received)).not.toContain('proxy-authorization');
  });

  test('that wants another login fails, without a word of the one that was tried', async () => {
    await using proxy = await startHttpProxy({ ...options, authorization: 'Basic other' });

    const failure = await ask('https://git.example.com/', via(proxy.url, LOGIN)).catch((error: unknown) => error);

    expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('the proxy wants another login (407)') });
    expect(String(failure)).not.toMatch(new RegExp(`CANARY|${AUTHORIZATION.slice(6)}`));
    expect(await ask('http://git.example.com/', via(proxy.url, LOGIN))).toContain('407');
    await until(() => proxy.open === 0);
  });
});

describe('a proxy at a socks5 address', () => {
  const socks = (port: number, login?: HttpProxy['login']) => via(`socks5://127.0.0.1:${port}`, login);

  test('leads to http and https servers, whose names it resolves itself', async () => {
    await using plain = await greeting();
    await using secure = await greeting(certificates.server);
    await using proxy = await startSocksProxy();

    expect(await ask(plain.url, socks(proxy.port))).toBe('200 hello');
    expect(await ask(secure.url, socks(proxy.port))).toBe('200 hello');

    expect(proxy.asked).toEqual([`3:localhost:${plain.port}`, `3:localhost:${secure.port}`]);
  });

  test.each([
    ['127.0.0.1', '1:7f000001'],
    ['[2001:db8::5:ff]', '4:20010db80000000000000000000500ff'],
    ['[::1]', '4:00000000000000000000000000000001'],
  ])('is asked for the address %s as an address', async (host, asked) => {
    await using server = await greeting();
    await using proxy = await startSocksProxy();

    expect(await ask(`http://${host}:${server.port}/`, socks(proxy.port))).toBe('200 hello');

    expect(proxy.asked).toEqual([`${asked}:${server.port}`]);
  });

  test('is logged in to', async () => {
    await using server = await greeting();
    await using proxy = await startSocksProxy({ login: LOGIN });

    expect(await ask(server.url, socks(proxy.port, LOGIN))).toBe('200 hello');
    await expect(ask(server.url, socks(proxy.port, { ...LOGIN, password: 'CANARY' }))).rejects.toThrow(/another login$/);
    await expect(ask(server.url, socks(proxy.port))).rejects.toThrow('the proxy wants a login');
  });

  test('says why it does not connect', async () => {
    await using proxy = await startSocksProxy({ reply: 2 });

    await expect(ask('http://example.com/', socks(proxy.port))).rejects.toThrow('the proxy refuses to connect (not allowed)');
  });

  test.each([Buffer.from([4, 0]), Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')])(
    'that speaks something else is unreachable',
    async (answer) => {
      await using proxy = await startRawServer(onRequest((socket) => socket.write(answer)));

      await expect(ask('http://example.com/', socks(proxy.port))).rejects.toThrow('the proxy does not speak SOCKS 5');
      await until(() => proxy.open === 0);
    },
  );
});

describe('a proxy that', () => {
  test.each([
    ['hangs up', (endless: string) => endless.slice(0, 0), 'the proxy hung up'],
    ['never stops its header', (endless: string) => `HTTP/1.1 200 OK\r\n${endless}`, 'the proxy answered with more than'],
    ['does not speak HTTP', () => 'SSH-2.0 CANARY\r\n\r\n', 'the proxy does not speak HTTP'],
    ['cannot connect', () => 'HTTP/1.1 502 CANARY\r\n\r\n', 'the proxy refuses to connect (502)'],
  ])('%s makes the server unreachable, and leaves nothing open', async (_, answer, message) => {
    await using proxy = await startRawServer(onRequest((socket) => socket.end(answer('X: x\r\n'.repeat(10_000)))));

    const failure = await ask('https://example.com/', via(proxy.url)).catch((error: unknown) => error);

    expect(failure).toMatchObject({ kind: 'unreachable', message: expect.stringContaining(message) });
    expect(String(failure)).not.toContain('CANARY');
    await until(() => proxy.open === 0);
  });

  test('never answers is given up after twenty seconds', async () => {
    await using proxy = await startRawServer((socket) => void socket.resume());
    const clock = fakeClock();
    const failures = ['http', 'socks5'].map((scheme) =>
      ask('https://example.com/', via(`${scheme}://127.0.0.1:${proxy.port}`), { clock }).catch((error: unknown) => String(error)),
    );
    await until(() => proxy.open === 2);

    await clock.advance(20_000);

    for (const failure of await Promise.all(failures)) expect(failure).toContain('no connection within 20 s');
    await until(() => proxy.open === 0);
  });

  test('has no certificate that an authority vouches for is not trusted with the login', async () => {
    await using proxy = await startHttpProxy({ tls: certificates.elsewhere });

    await expect(ask('https://example.com/', via(proxy.url, LOGIN))).rejects.toThrow('does not match');

    expect(proxy.asked).toEqual([]);
  });
});
