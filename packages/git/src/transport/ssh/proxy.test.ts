import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { DeadlineExceeded } from '@gotk/apimachinery';
import type { HttpProxy } from '@gotk/auth';
import { makeSshKey, type SshKey, type SshServer, startProxy, startSocksProxy, startSshServer, type TestRepository } from '@gotk/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listed, never } from '../../../test/git-server.ts';
import { connect } from '../../connection.ts';

const login = { username: 'mandalorian', password: 'CANARY-grogu' };

let key: SshKey;
let server: SshServer;
let repository: TestRepository;
beforeAll(async () => {
  key = await makeSshKey({ type: 'ed25519' });
  server = await startSshServer({ authorizedKeys: [key.publicKey] });
  repository = await server.createRepository('app');
  await repository.commit('first', { a: 'a' });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const through = (url: string, options: Partial<HttpProxy> = {}) =>
  connect({
    url: new URL(repository.url),
    access: { username: server.user, identity: key.privateKey, knownHosts: server.knownHosts.plain },
    proxy: { address: new URL(url), ...options },
  });

describe('a repository over SSH is reached through', () => {
  test.each([
    ['an HTTP proxy', startProxy, {}],
    ['an HTTP proxy with a login', startProxy, { login }],
    ['a SOCKS 5 proxy', startSocksProxy, {}],
    ['a SOCKS 5 proxy with a login', startSocksProxy, { login }],
  ])('%s, and by no other way', async (...[, start, options]) => {
    await using proxy = await start(options);
    await using remote = through(proxy.url, options);
    const before = server.connections;

    expect((await listed(remote)).has('refs/heads/main')).toBe(true);

    const user = 'login' in options ? login.username : undefined;
    expect(proxy.requests).toEqual([{ method: 'CONNECT', target: `127.0.0.1:${server.port}`, user, admitted: true }]);
    expect(server.connections).toBe(before + 1);
  });
});

/** A proxy that says one thing after the other, whatever it is asked. */
async function saying(scheme: string, ...answers: readonly (string | Buffer)[]): Promise<{ readonly url: string } & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const proxy = createServer((socket) => {
    const left = [...answers];
    sockets.add(socket);
    socket.on('error', () => undefined).on('data', () => void socket.write(left.shift() ?? ''));
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  return {
    url: `${scheme}://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}

describe('a proxy', () => {
  test.each([
    ['HTTP, which wants a login', () => saying('http', 'HTTP/1.1 407 No\r\n\r\n'), 'another login (407)'],
    ['HTTP, which refuses', () => saying('http', 'HTTP/1.1 403 No\r\n\r\n'), 'refuses to connect (403)'],
    ['SOCKS, which refuses', () => saying('socks5', Buffer.from([5, 0]), Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0])), 'not allowed'],
    ['SOCKS, which wants a login', () => saying('socks5', Buffer.from([5, 2]), Buffer.from([1, 1])), 'wants another login'],
    ['SOCKS, which speaks HTTP', () => saying('socks5', 'HTTP/1.1 400 Bad Request\r\n\r\n'), 'does not speak SOCKS 5'],
  ])('for %s, is told without the login', async (...[, start, message]) => {
    await using proxy = await start();
    await using remote = through(proxy.url, { login });
    const before = server.connections;

    const error: unknown = await remote.handshake(never()).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: 'GitError', kind: 'unreachable', message: expect.stringContaining(message) });
    expect(error).toMatchObject({ message: expect.not.stringContaining('CANARY') });
    expect(server.connections).toBe(before);
  });

  test.each(['http', 'socks5'])('that never answers is given up at the deadline: %s', async (scheme) => {
    await using proxy = await saying(scheme);
    await using remote = through(proxy.url);
    const abort = new AbortController();
    setTimeout(() => abort.abort(new DeadlineExceeded(300)), 300);

    await expect(remote.handshake(abort.signal)).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('failed to connect'),
    });
  });

  test('that is a local one is out of reach of a remote that a tenant chose', async () => {
    await using proxy = await startSocksProxy();
    const access = { username: 'git', identity: key.privateKey, knownHosts: '*' };
    const remote = { url: new URL('ssh://git.example.com/app'), access, proxy: { address: new URL(proxy.url) } };
    await using connection = connect(remote, { reach: 'remote' });

    await expect(connection.handshake(never())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('loopback'),
    });
    expect(proxy.requests).toEqual([]);
  });
});
