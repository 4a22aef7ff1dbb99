import { systemClock } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { type ServerOptions, startHttpServer, startRawServer, type TestServer } from '../../test/servers.ts';
import type { HttpAccess } from './http-access.ts';
import { createHttpClient } from './http-client.ts';
import type { HttpRequest } from './http-message.ts';

const PASSWORD = 'CANARY-password';
const basic = (url: string): HttpAccess => ({
  login: { kind: 'basic', origin: new URL(url).origin, username: 'user', password: PASSWORD },
});

const ask = async (url: string, access: HttpAccess, request: Partial<HttpRequest> = {}) => {
  using client = createHttpClient({ access: { ca: certificates.ca, ...access }, reach: 'anywhere', clock: systemClock });
  const answer = await client.request(new URL(url), {
    signal: AbortSignal.timeout(10_000),
    maxBytes: 1_000,
    redirects: 3,
    ...request,
  });
  return { ...answer, text: (await answer.bytes()).toString() };
};

const hello = (options = {}) => startHttpServer((_, response) => response.end('hello'), options);
const redirecting = (to: string | ((path: string) => string), { status = 302, ...options }: ServerOptions & { status?: number } = {}) =>
  startHttpServer(({ line }, response) => {
    const [, path = ''] = line.split(' ');
    response.writeHead(status, { location: typeof to === 'string' ? to : to(path), 'set-cookie': 'session=CANARY' }).end('moved');
  }, options);

/** What a server that is not meant to know anything was told. */
const told = ({ received }: TestServer) => JSON.stringify(received);

describe('a redirect within the origin', () => {
  test('is followed, with the login, the headers and the certificate', async () => {
    await using server = await startHttpServer(
      ({ line }, response) =>
        line.endsWith('/old') ? response.writeHead(301, { location: '../new?x=1#part' }).end() : response.end('hello'),
      { tls: certificates.server, host: 'localhost' },
    );
    const access = { ...basic(server.url), clientCertificate: { ...certificates.client, origin: server.url } };

    const answer = await ask(`${server.url}/a/old`, access, { headers: { 'x-team': 'blue' } });

    expect(answer).toMatchObject({ status: 200, text: 'hello' });
    expect(answer.url.href).toBe(`${server.url}/new?x=1`);
    expect(server.received[1]).toMatchObject({ line: 'GET /new?x=1', certificate: 'tenant' });
    expect(server.received[1]?.headers).toMatchObject({ authorization: server.received[0]?.headers.authorization, 'x-team': 'blue' });
  });

  test('brings no cookie along', async () => {
    await using server = await redirecting((path) => (path === '/1' ? '/2' : '/3'));

    await expect(ask(`${server.url}/1`, basic(server.url), { redirects: 1 })).rejects.toThrow('redirects more than 1 times');

    expect(server.received.map(({ headers }) => headers.cookie)).toEqual([undefined, undefined]);
  });
});

describe('a redirect to another origin', () => {
  test.each([301, 302, 303, 307, 308])('of status %i gets neither login nor headers nor cookies', async (status) => {
    await using other = await hello();
    await using server = await redirecting(`${other.url}/x`, { status });
    const headers = { 'x-secret': 'CANARY-header', cookie: 'CANARY-cookie', accept: 'text/plain', 'x-amz-security-token': 'CANARY' };

    expect((await ask(`${server.url}/`, basic(server.url), { headers })).text).toBe('hello');

    expect(server.received[0]?.headers.authorization).toContain('Basic ');
    expect(other.received).toHaveLength(1);
    expect(other.received[0]?.headers).toMatchObject({ accept: 'text/plain' });
    expect(other.received[0]?.headers.authorization).toBeUndefined();
    expect(told(other)).not.toContain('CANARY');
  });

  test("gets no caller's own authorization, and no login that stands in the address", async () => {
    await using other = await hello();
    await using server = await redirecting(`http://user:CANARY@127.0.0.1:${other.port}/x`);

    const answer = await ask(`${server.url}/`, { login: { kind: 'anonymous' } }, { authorization: 'Bearer CANARY' });

    expect(answer.url.href).toBe(`${other.url}/x`);
    expect(server.received[0]?.headers.authorization).toBe('Bearer CANARY');
    expect(told(other)).not.toContain('authorization');
  });

  test('gets no client certificate', async () => {
    await using other = await hello({ tls: certificates.server });
    await using server = await redirecting(`https://localhost:${other.port}/`, { tls: certificates.server, host: 'localhost' });

    await ask(server.url, { ...basic(server.url), clientCertificate: { ...certificates.client, origin: server.url } });

    expect(server.received[0]?.certificate).toBe('tenant');
    expect(other.received.map(({ certificate }) => certificate)).toEqual([undefined]);
  });

  test('and back again logs in where the login belongs', async () => {
    let home = '';
    await using other = await redirecting(() => `${home}/end`);
    await using server = await startHttpServer(({ line }, response) =>
      line === 'GET /end' ? response.end('hello') : response.writeHead(302, { location: other.url }).end(),
    );
    home = server.url;

    await ask(`${server.url}/start`, basic(server.url));

    expect(server.received.map(({ headers }) => headers.authorization?.split(' ')[0])).toEqual(['Basic', 'Basic']);
    expect(told(other)).not.toContain('authorization');
  });

  test('is refused for a body that could be a login', async () => {
    await using other = await hello();
    await using server = await redirecting(`${other.url}/x`, { status: 307 });

    await expect(ask(server.url, basic(server.url), { method: 'POST', body: 'CANARY' })).rejects.toMatchObject({
      kind: 'redirect',
      message: expect.stringContaining('redirects a POST to'),
    });

    expect(other.received).toEqual([]);
  });

  test.each([301, 302, 303])('of status %i turns a POST into a GET without its body', async (status) => {
    await using other = await hello();
    await using server = await redirecting(`${other.url}/x`, { status });

    await ask(server.url, basic(server.url), { method: 'POST', body: 'CANARY', headers: { 'content-type': 'text/plain' } });

    expect(other.received).toMatchObject([{ line: 'GET /x', body: '' }]);
    expect(other.received[0]?.headers['content-type']).toBeUndefined();
  });

  test('gets the password with passCredentials, and a bearer token even then not', async () => {
    await using other = await hello();
    await using server = await redirecting(`${other.url}/x`);

    await ask(server.url, basic(server.url), { passCredentials: true });
    await ask(server.url, { login: { kind: 'bearer', origin: server.url, token: 'CANARY' } }, { passCredentials: true });

    expect(other.received.map(({ headers }) => headers.authorization)).toEqual([server.received[0]?.headers.authorization, undefined]);
  });
});

describe('passCredentials', () => {
  test('shows the password of an https server to no http server', async () => {
    await using server = await hello();

    await ask(server.url, basic('https://charts.example.com'), { passCredentials: true });

    expect(told(server)).not.toContain('authorization');
  });
});

describe('a redirect that is not followed', () => {
  test('leads from https to http', async () => {
    await using other = await hello();
    await using server = await redirecting(other.url, { tls: certificates.server });

    await expect(ask(server.url, basic(server.url))).rejects.toMatchObject({ kind: 'redirect', message: expect.stringContaining('http:') });

    expect(other.received).toEqual([]);
  });

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:,x', 'javascript:1', 'http://[', 'gopher://127.0.0.1:70/_x'])(
    'leads to %s',
    async (location) => {
      await using server = await redirecting(location);

      await expect(ask(server.url, basic(server.url))).rejects.toMatchObject({ kind: 'redirect' });
    },
  );

  test('is one too many, in a loop or to ever new places', async () => {
    await using loop = await redirecting('/');
    await using chain = await redirecting((path) => `/${Number(path.slice(1)) + 1}`);

    await expect(ask(loop.url, basic(loop.url), { redirects: 5 })).rejects.toThrow('redirects more than 5 times');
    await expect(ask(`${chain.url}/0`, basic(chain.url), { redirects: 100 })).rejects.toThrow('redirects more than 100 times');

    expect([loop.received.length, chain.received.length]).toEqual([6, 101]);
  });

  test.each([
    [301, undefined],
    [302, 0],
    [300, 3],
    [304, 3],
    [305, 3],
  ])('is an answer of status %i, when %s are to be followed', async (status, redirects) => {
    await using server = await redirecting('/other', { status });
    using client = createHttpClient({ access: basic(server.url), reach: 'anywhere', clock: systemClock });

    const answer = await client.request(new URL(server.url), {
      signal: AbortSignal.timeout(10_000),
      maxBytes: 1_000,
      ...(redirects === undefined ? {} : { redirects }),
    });

    expect(answer.status).toBe(status);
    answer.discard();
  });
});

test('a login in the address itself is not used', async () => {
  await using server = await hello();

  const answer = await ask(`http://user:CANARY@127.0.0.1:${server.port}/x`, { login: { kind: 'anonymous' } });

  expect(answer.url.href).toBe(`${server.url}/x`);
  expect(told(server)).not.toContain('authorization');
});

test('a body of a redirect that never ends is not waited for', async () => {
  await using other = await hello();
  await using server = await startRawServer((socket) => {
    socket.write(`HTTP/1.1 302 Found\r\nLocation: ${other.url}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  });

  expect((await ask(server.url, basic(server.url))).text).toBe('hello');
});
