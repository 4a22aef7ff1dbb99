import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { Readable } from 'node:stream';
import type { HttpLogin } from '@gotk/auth';
import { createAuthority } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { ADVERTISEMENT, anonymously, type GitServer, listed, never, startGitServer } from '../../test/git-server.ts';
import { connect } from '../connection.ts';
import { httpTransport } from './http.ts';
import type { Answer } from './transport.ts';

const PASSWORD = 'CANARY-password';
const loginFor = (url: string): HttpLogin => ({ kind: 'basic', origin: new URL(url).origin, username: 'user', password: PASSWORD });
const DISCOVERY = '/info/refs?service=git-upload-pack';

/** All of an answer. */
const text = async (answer: Answer): Promise<string> => (await Readable.from(answer.rest()).toArray()).join('');

/** The bare transport, without the protocol on top of it. */
const transportTo = (url: string) => httpTransport({ url: new URL(url), access: { login: { kind: 'anonymous' } } }, { reach: 'anywhere' });

/** A server that answers every request with what `answer` makes of its path. */
const answering = (answer: (path: string, response: ServerResponse) => void): Promise<GitServer> =>
  startGitServer({
    intercept: (request, response) => {
      request.resume();
      answer(request.url ?? '', response);
      return true;
    },
  });

const redirecting = (location: (path: string) => string, status = 301) =>
  answering((path, response) => response.writeHead(status, { location: location(path) }).end('moved'));

const LIMITS = () => ({ signal: never(), maxBytes: 1_000_000 });

describe('credentials', () => {
  test('are sent with the first request, without being asked for', async () => {
    await using server = await startGitServer({ authorization: `Basic ${Buffer.from(`user:${PASSWORD}`).toString('base64')}` });
    const repository = await server.createRepository('app');
    await repository.commit('first', { a: 'a' });
    await using remote = connect({ url: new URL(repository.url), access: { login: loginFor(server.url) } });

    await remote.handshake(never());

    expect((await listed(remote, ['refs/heads/'])).has('refs/heads/main')).toBe(true);
    expect(server.requests.map(({ line }) => line)).toEqual([`GET /app.git${DISCOVERY}`, 'POST /app.git/git-upload-pack']);
  });

  test('never go to another origin, be it by a redirect or by what follows one', async () => {
    await using other = await answering((path, response) => response.end(path.includes('info/refs') ? ADVERTISEMENT : '0000'));
    await using server = await redirecting((path) => `${other.url}${path}`);
    await using remote = connect({ url: new URL(`${server.url}/app.git`), access: { login: loginFor(server.url) } });

    await remote.handshake(never());
    await listed(remote);

    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.authorization).toContain('Basic ');
    expect(other.requests).toHaveLength(2);
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined, undefined]);
  });

  test('in the target of a redirect are not used', async () => {
    await using server = await answering((path, response) => {
      if (path.startsWith('/old'))
        response.writeHead(302, { location: `http://mallory:secret@${response.req.headers.host}/new${DISCOVERY}` }).end();
      else response.end(ADVERTISEMENT);
    });
    await using remote = anonymously(`${server.url}/old`);

    await remote.handshake(never());

    expect(server.requests[1]?.authorization).toBeUndefined();
  });

  test('are in no error, also when the address holds some', async () => {
    const url = new URL('http://user:CANARY@127.0.0.1:1/app.git?token=CANARY');
    await using remote = httpTransport({ url, access: { login: loginFor(url.href) } }, { reach: 'anywhere' });

    const error = await remote.greet(LIMITS()).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('127.0.0.1:1/app.git') });
    expect(error).toMatchObject({ message: expect.not.stringContaining('CANARY') });
  });
});

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])(
    'with status %i is followed for the first request, and remembered for those after it',
    async (status) => {
      await using server = await answering((path, response) => {
        if (path.startsWith('/old')) response.writeHead(status, { location: path.replace('/old', '/new') }).end();
        else response.end(path.includes('info/refs') ? ADVERTISEMENT : '0000');
      });
      await using remote = anonymously(`${server.url}/old/app.git/`);

      await remote.handshake(never());
      await listed(remote);

      expect(server.requests.map(({ line }) => line)).toEqual([
        `GET /old/app.git${DISCOVERY}`,
        `GET /new/app.git${DISCOVERY}`,
        'POST /new/app.git/git-upload-pack',
      ]);
    },
  );

  test('is followed five times and no more', async () => {
    const hops = async (count: number) => {
      await using server = await answering((path, response) => {
        const hop = Number(path.split('/')[1]);
        if (hop < count) response.writeHead(302, { location: path.replace(`/${hop}/`, `/${hop + 1}/`) }).end();
        else response.end(ADVERTISEMENT);
      });
      await using remote = anonymously(`${server.url}/0/app.git`);
      await remote.handshake(never());
      return server.requests.length;
    };

    expect(await hops(5)).toBe(6);
    await expect(hops(6)).rejects.toMatchObject({ kind: 'protocol', message: expect.stringContaining('redirects more than 5 times') });
  });

  test('of a POST is not followed', async () => {
    await using server = await redirecting((path) => path.replace('/app', '/other'), 307);
    await using remote = transportTo(`${server.url}/app.git`);

    await expect(remote.ask('0000', LIMITS())).rejects.toMatchObject({ kind: 'protocol' });
    expect(server.requests).toHaveLength(1);
  });

  test('from https to http is refused', async () => {
    await using server = await startGitServer({
      tls: true,
      intercept: (request, response) => {
        response.writeHead(301, { location: `http://${request.headers.host}${request.url}` }).end();
        return true;
      },
    });
    await using remote = connect({ url: new URL(`${server.url}/app.git`), access: { login: { kind: 'anonymous' }, ca: server.ca ?? '' } });

    await expect(remote.handshake(never())).rejects.toMatchObject({
      kind: 'protocol',
      message: expect.stringContaining('http://: refused'),
    });
    expect(server.requests).toHaveLength(1);
  });

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/x', 'javascript:alert(1)', 'data:,x', 'http://', 'http://[', 'https://:99999/'])(
    'to %s is refused',
    async (location) => {
      await using server = await redirecting(() => location);
      await using remote = anonymously(`${server.url}/app.git`);

      await expect(remote.handshake(never())).rejects.toMatchObject({ name: 'GitError', kind: 'protocol' });
    },
  );

  test('to something that is not the same question elsewhere is refused: where the repository would be, nobody knows', async () => {
    await using server = await answering((path, response) => {
      if (path.startsWith('/app')) response.writeHead(302, { location: '/login?next=x' }).end();
      else response.end(ADVERTISEMENT);
    });
    await using remote = anonymously(`${server.url}/app.git`);

    await expect(remote.handshake(never())).rejects.toMatchObject({ kind: 'protocol' });
  });

  test('without a target is an error', async () => {
    await using server = await answering((_, response) => response.writeHead(302).end());
    await using remote = anonymously(`${server.url}/app.git`);

    await expect(remote.handshake(never())).rejects.toMatchObject({ kind: 'protocol' });
  });
});

describe('a status', () => {
  test.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [404, 'not-found'],
    [410, 'not-found'],
    [400, 'protocol'],
    [418, 'protocol'],
    [429, 'unreachable'],
    [500, 'unreachable'],
    [502, 'unreachable'],
    [503, 'unreachable'],
  ])('of %i is the kind of error %s, for both methods', async (status, kind) => {
    await using server = await answering((_, response) => response.writeHead(status).end('<html>'));
    await using remote = transportTo(`${server.url}/app.git`);

    await expect(remote.greet(LIMITS())).rejects.toMatchObject({
      name: 'GitError',
      kind,
      message: expect.stringContaining(String(status)),
    });
    await expect(remote.ask('0000', LIMITS())).rejects.toMatchObject({ name: 'GitError', kind });
  });

  test('is enough: what comes with it need not arrive', async () => {
    await using server = await answering((_, response) => response.writeHead(404).write('some'));
    await using remote = transportTo(`${server.url}/app.git`);

    await expect(remote.greet(LIMITS())).rejects.toMatchObject({ kind: 'not-found' });
  });

  test('of a real server for a repository that it does not have is not-found', async () => {
    await using server = await startGitServer();
    await using remote = anonymously(`${server.url}/nothing.git`);

    await expect(remote.handshake(never())).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('a server that', () => {
  test('is not there is unreachable', async () => {
    await using remote = transportTo('http://127.0.0.1:1/app.git');

    await expect(remote.greet(LIMITS())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('has no name that resolves is unreachable', async () => {
    await using remote = transportTo('http://nobody.invalid/app.git');

    await expect(remote.greet(LIMITS())).rejects.toMatchObject({ kind: 'unreachable' });
  });

  test('hangs up is unreachable, before and in the middle of an answer', async () => {
    let asked = 0;
    await using server = await answering((_, response) => {
      if (asked++ === 0) response.destroy();
      else response.writeHead(200, { 'content-length': 100 }).write('some', () => response.destroy());
    });
    await using remote = transportTo(server.url);

    await expect(remote.greet(LIMITS())).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(remote.greet(LIMITS()).then(text)).rejects.toMatchObject({ kind: 'unreachable' });
  });

  test('does not speak HTTP is unreachable', async () => {
    await using server = await speaking('SSH-2.0-OpenSSH_9.2\r\n');
    await using remote = transportTo(server.url);

    await expect(remote.greet(LIMITS())).rejects.toMatchObject({ kind: 'unreachable' });
  });

  test('sends headers for ever is unreachable', async () => {
    await using server = await speaking(`HTTP/1.1 200 OK\r\n${'x-more: and more\r\n'.repeat(100_000)}`);
    await using remote = transportTo(server.url);

    await expect(remote.greet(LIMITS())).rejects.toMatchObject({ kind: 'unreachable' });
  });

  test('sends for ever is cut off at the limit', async () => {
    let sent = 0;
    await using server = await answering((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384))) sent += 16_384;
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    await using remote = transportTo(server.url);

    await expect(remote.ask('', LIMITS()).then(text)).rejects.toMatchObject({
      kind: 'too-large',
      message: expect.stringContaining('1000000 bytes'),
    });
    expect(sent).toBeLessThan(32_000_000);
  });

  test('sends exactly the limit is heard out', async () => {
    await using server = await answering((_, response) => response.end('x'.repeat(100)));
    await using remote = transportTo(server.url);

    expect(await text(await remote.greet({ signal: never(), maxBytes: 100 }))).toHaveLength(100);
    await expect(remote.greet({ signal: never(), maxBytes: 99 }).then(text)).rejects.toMatchObject({ kind: 'too-large' });
  });
});

describe('a signal', () => {
  const reason = new Error('deadline');
  const soon = (): AbortSignal => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(reason), 50);
    return abort.signal;
  };

  test.each([
    ['before the request', () => undefined, AbortSignal.abort(reason)],
    ['while the server keeps silent', () => undefined, undefined],
    ['while the answer stalls', (response: ServerResponse) => response.write('some'), undefined],
    [
      'while a redirect stalls, and what it leads to',
      (response: ServerResponse, path: string) => path === '/x' || response.writeHead(302, { location: '/x' }).write('some'),
      undefined,
    ],
  ])('aborted %s ends it with its reason', async (_, answer, signal = soon()) => {
    await using server = await answering((path, response) => void answer(response, path));
    await using remote = transportTo(server.url);

    await expect(remote.greet({ signal, maxBytes: 1_000 }).then(text)).rejects.toBe(reason);
  });

  test('aborted while a server accepts connections and nothing else ends it with its reason', async () => {
    await using server = await speaking('');
    await using remote = transportTo(server.url);

    await expect(remote.greet({ signal: soon(), maxBytes: 1_000 })).rejects.toBe(reason);
  });
});

describe('TLS', () => {
  test('is checked against the CA that was given', async () => {
    await using server = await startGitServer({ tls: true });
    const repository = await server.createRepository('app');
    await repository.commit('first', { a: 'a' });
    const url = new URL(repository.url);
    await using trusting = connect({ url, access: { login: { kind: 'anonymous' }, ca: server.ca ?? '' } });

    await trusting.handshake(never());

    expect((await listed(trusting)).has('HEAD')).toBe(true);
  });

  test('fails without that CA, and with another', async () => {
    await using server = await startGitServer({ tls: true });
    await using another = await startGitServer({ tls: true });
    const url = new URL(`${server.url}/app.git`);
    await using system = connect({ url, access: { login: loginFor(server.url) } });
    await using wrong = connect({ url, access: { login: loginFor(server.url), ca: another.ca ?? '' } });

    for (const remote of [system, wrong]) await expect(remote.handshake(never())).rejects.toMatchObject({ kind: 'unreachable' });
    expect(server.requests).toEqual([]);
  });
});

describe('a client certificate', () => {
  test('is shown to the repository that wants it, and not where a redirect leads', async () => {
    const authority = createAuthority();
    const certificate = authority.issueClient('flux');
    await using other = await startGitServer({ tls: true, clientCa: authority.ca });
    await using server = await startGitServer({ tls: true, clientCa: authority.ca });
    await using moved = await startGitServer({ tls: true, clientCa: authority.ca, redirectTo: other.url });
    for (const one of [server, moved, other]) await (await one.createRepository('app')).commit('first', { a: 'a' });
    const remote = (one: GitServer) =>
      connect({
        url: new URL(`${one.url}/app.git`),
        access: {
          login: { kind: 'anonymous' },
          ca: [server, moved, other].map(({ ca }) => ca).join('\n'),
          clientCertificate: { cert: certificate.cert, key: certificate.key, origin: one.url },
        },
      });
    await using welcome = remote(server);
    await using refused = remote(moved);

    expect((await listed(welcome)).has('refs/heads/main')).toBe(true);
    await expect(refused.handshake(never())).rejects.toMatchObject({ name: 'GitError', kind: 'unreachable' });
    expect(server.requests.map(({ client }) => client)).toEqual(['flux', 'flux']);
    expect(other.requests).toEqual([]);
  });
});

test('a local address is out of reach of a remote that a tenant chose', async () => {
  await using server = await startGitServer();
  for (const host of ['127.0.0.1', 'localhost']) {
    const url = new URL(`${server.url}/app.git`);
    url.hostname = host;
    await using remote = connect({ url, access: { login: { kind: 'anonymous' } } }, { reach: 'remote' });
    await expect(remote.handshake(never())).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining('loopback') });
  }
  expect(server.requests).toEqual([]);
});

/** A TCP server that says the same to everybody, and then waits. */
async function speaking(greeting: string): Promise<AsyncDisposable & { readonly url: string }> {
  const sockets = new Set<{ destroy(): void }>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.write(greeting);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
