import { createServer as createHttpServer } from 'node:http';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { DeadlineExceeded } from '@gotk/apimachinery';
import type { HttpProxy } from '@gotk/auth';
import { makeSshKey, type SshKey, type SshServer, startSshServer, type TestRepository } from '@gotk/testkit';
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

interface TestProxy extends AsyncDisposable {
  readonly port: number;
  /** Whom it was asked to connect to, and with which login. */
  readonly asked: readonly string[];
}

async function listening(proxy: Server, asked: readonly string[]): Promise<TestProxy> {
  const sockets = new Set<Socket>();
  proxy.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    port: address.port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => proxy.close(resolve));
    },
  };
}

const joined = (one: Socket, other: Socket) => {
  one.on('error', () => other.destroy()).pipe(other);
  other.on('error', () => one.destroy()).pipe(one);
};

/** An HTTP proxy that connects, or answers with another status. */
async function httpProxy(status = 200): Promise<TestProxy> {
  const asked: string[] = [];
  const proxy = createHttpServer().on('connect', ({ url = '', headers }, socket: Socket) => {
    asked.push(`${url} ${Buffer.from(headers['proxy-authorization']?.slice(6) ?? '', 'base64').toString()}`);
    if (status !== 200) return socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const { hostname, port } = new URL(`tcp://${url}`);
    const there = connectTcp(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n');
      joined(socket, there);
    });
    return there;
  });
  return await listening(proxy, asked);
}

/** A SOCKS 5 proxy, byte by byte, that wants the login if one is given. */
async function socksProxy({
  wants = undefined as typeof login | undefined,
  reply = 0,
  script = undefined as string | undefined,
} = {}): Promise<TestProxy> {
  const asked: string[] = [];
  const proxy = createServer((socket) => {
    let stage: 'method' | 'login' | 'target' = 'method';
    let given = '';
    const hear = (bytes: Buffer) => {
      if (script !== undefined) return void socket.write(script);
      if (stage === 'method') {
        stage = wants === undefined ? 'target' : 'login';
        const method = wants === undefined ? 0 : bytes.includes(2, 2) ? 2 : 0xff;
        return void socket.write(Buffer.from([5, method]));
      }
      if (stage === 'login') {
        stage = 'target';
        const length = bytes[1] ?? 0;
        given = `${bytes.subarray(2, 2 + length)}:${bytes.subarray(3 + length)}`;
        return void socket.write(Buffer.from([1, given === `${wants?.username}:${wants?.password}` ? 0 : 1]));
      }
      const length = bytes[4] ?? 0;
      const host = bytes.toString('utf8', 5, 5 + length);
      const port = bytes.readUInt16BE(5 + length);
      asked.push(`${host}:${port} ${given}`);
      if (reply !== 0) return void socket.write(Buffer.from([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]));
      socket.off('data', hear);
      const there = connectTcp(port, host, () => {
        socket.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
        joined(socket, there);
      });
      return undefined;
    };
    socket.on('data', hear);
  });
  return await listening(proxy, asked);
}

const through = ({ port }: TestProxy, scheme: string, options: Partial<HttpProxy> = {}) =>
  connect({
    url: new URL(repository.url),
    access: { username: server.user, identity: key.privateKey, knownHosts: server.knownHosts.plain },
    proxy: { address: new URL(`${scheme}://127.0.0.1:${port}`), ...options },
  });

describe('a repository over SSH is reached through', () => {
  test.each([
    ['an HTTP proxy', 'http', {}],
    ['an HTTP proxy with a login', 'http', { login }],
    ['a SOCKS 5 proxy', 'socks5', {}],
    ['a SOCKS 5 proxy with a login', 'socks5', { login }],
  ])('%s, and by no other way', async (_, scheme, options) => {
    await using proxy = scheme === 'http' ? await httpProxy() : await socksProxy({ wants: 'login' in options ? login : undefined });
    await using remote = through(proxy, scheme, options);
    const before = server.connections;

    expect((await listed(remote)).has('refs/heads/main')).toBe(true);

    expect(proxy.asked).toEqual([`127.0.0.1:${server.port} ${'login' in options ? `${login.username}:${login.password}` : ''}`]);
    expect(server.connections).toBe(before + 1);
  });
});

describe('a proxy', () => {
  test.each([
    ['HTTP, which wants a login', () => httpProxy(407), 'it answered 407'],
    ['HTTP, which refuses', () => httpProxy(403), 'it answered 403'],
    ['SOCKS, which refuses', () => socksProxy({ reply: 2 }), 'it answered 2'],
    ['SOCKS, which wants a login', () => socksProxy({ wants: { username: 'a', password: 'b' } }), 'does not accept the login'],
    ['SOCKS, which speaks HTTP', () => socksProxy({ script: 'HTTP/1.1 400 Bad Request\r\n\r\n' }), 'does not speak SOCKS 5'],
  ])('for %s, is told without the login', async (what, start, message) => {
    const scheme = what.startsWith('HTTP') ? 'http' : 'socks5';
    await using proxy = await start();
    await using remote = through(proxy, scheme, { login });
    const before = server.connections;

    const error: unknown = await remote.handshake(never()).catch((reason: unknown) => reason);

    expect(error).toMatchObject({ name: 'GitError', kind: 'unreachable', message: expect.stringContaining(message) });
    expect(error).toMatchObject({ message: expect.not.stringContaining('CANARY') });
    expect(server.connections).toBe(before);
  });

  test.each(['http', 'socks5'])('that never answers is given up at the deadline: %s', async (scheme) => {
    await using proxy = await listening(
      createServer(() => undefined),
      [],
    );
    await using remote = through(proxy, scheme);
    const abort = new AbortController();
    setTimeout(() => abort.abort(new DeadlineExceeded(300)), 300);

    await expect(remote.handshake(abort.signal)).rejects.toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('failed to connect'),
    });
  });

  test('that is a local one is out of reach of a remote that a tenant chose', async () => {
    await using proxy = await socksProxy();
    const access = { username: 'git', identity: key.privateKey, knownHosts: '*' };
    const remote = { url: new URL('ssh://git.example.com/app'), access, proxy: { address: new URL(`socks5://127.0.0.1:${proxy.port}`) } };
    await using connection = connect(remote, { reach: 'remote' });

    await expect(connection.handshake(never())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('loopback'),
    });
    expect(proxy.asked).toEqual([]);
  });
});
