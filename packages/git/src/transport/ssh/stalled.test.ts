import { execFile } from 'node:child_process';
import { createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { DeadlineExceeded } from '@gotk/apimachinery';
import { makeSshKey, type SshKey } from '@gotk/testkit';
import type { ServerConfig } from 'ssh2';
import { beforeAll, describe, expect, test } from 'vitest';
import { never } from '../../../test/git-server.ts';
import { connect } from '../../connection.ts';
import { renderPacket } from '../../protocol/pkt-line.ts';
import { loadSsh2 } from './load-ssh2.ts';

let key: SshKey;
let hostKey: SshKey;
beforeAll(async () => {
  [key, hostKey] = await Promise.all([makeSshKey({ type: 'ed25519' }), makeSshKey({ type: 'ed25519' })]);
});

interface Scripted extends AsyncDisposable {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  /** Resolves when the first client has come as far as this server goes along. */
  readonly reached: Promise<void>;
}

/** A TCP server that does what a test wants with each connection. */
async function scripted(behave: (socket: Socket) => unknown, farther?: Promise<void>): Promise<Scripted> {
  const sockets = new Set<Socket>();
  const connected = Promise.withResolvers<void>();
  const server = createServer((socket) => {
    sockets.add(socket);
    // Who does not read does not hear that the other end has gone.
    socket
      .on('error', () => undefined)
      .once('close', () => sockets.delete(socket))
      .resume();
    behave(socket);
    connected.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    port: address.port,
    sockets,
    reached: farther ?? connected.promise,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

type Stage = 'authentication' | 'session' | 'exec' | 'open';

/** A real SSH server that goes along to a stage, and then does what the test wants. */
async function sshUpTo(
  stage: Stage,
  then: (write: (bytes: string | Buffer) => void, socket: Socket) => unknown = () => undefined,
): Promise<Scripted> {
  const { Server } = await loadSsh2();
  const config: ServerConfig = { hostKeys: [hostKey.privateKey] };
  const reached = Promise.withResolvers<void>();
  return await scripted((socket) => {
    const server = new Server(config, (client) => {
      client.on('error', () => undefined);
      client.on('authentication', (context) => (stage === 'authentication' ? reached.resolve() : context.accept()));
      client.on('session', (accept) => {
        if (stage === 'session') return reached.resolve();
        accept().on('exec', (start) => {
          reached.resolve();
          if (stage === 'exec') return;
          const stream = start();
          then((bytes) => void stream.write(bytes), socket);
        });
      });
    });
    server.injectSocket(socket);
  }, reached.promise);
}

const remoteAt = ({ port }: Scripted) =>
  connect({
    url: new URL(`ssh://git@127.0.0.1:${port}/app.git`),
    access: { username: 'git', identity: key.privateKey, knownHosts: `[127.0.0.1]:${port} ${hostKey.publicKey}` },
  });

/** Aborts when the server has stopped going along, and the client has had the time to notice how far it came. */
function onceStalled({ reached }: Scripted, reason: unknown): AbortSignal {
  const abort = new AbortController();
  void reached.then(() => setTimeout(() => abort.abort(reason), 300));
  return abort.signal;
}

const soon = (reason: unknown, ms: number): AbortSignal => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(reason), ms);
  return abort.signal;
};

const BANNER = 'SSH-2.0-scripted\r\n';

const STALLS: readonly (readonly [what: string, phase: string, start: () => Promise<Scripted>])[] = [
  ['accepts a connection and nothing else', "to get the server's greeting", () => scripted(() => undefined)],
  ['greets and says no more', 'to exchange keys', () => scripted((socket) => socket.write(BANNER))],
  ['sends half a packet', 'to exchange keys', () => scripted((socket) => socket.write(`${BANNER}\0\0\x01\x04`))],
  ['answers no login', 'to log in', () => sshUpTo('authentication')],
  ['opens no session', 'to start git-upload-pack', () => sshUpTo('session')],
  ['starts no program', 'to start git-upload-pack', () => sshUpTo('exec')],
  ['starts a program that says nothing', 'to read from git-upload-pack', () => sshUpTo('open')],
  ['says half of its greeting', 'to read from git-upload-pack', () => sshUpTo('open', (write) => write(renderPacket('version 2')))],
];

describe('a server that stalls', () => {
  test.each(STALLS)('%s: it is told at the deadline that we failed %s', async (_, phase, start) => {
    await using server = await start();
    await using remote = remoteAt(server);
    const started = performance.now();

    await expect(remote.handshake(onceStalled(server, new DeadlineExceeded(400)))).rejects.toMatchObject({
      name: 'GitError',
      kind: 'timeout',
      message: `ssh://127.0.0.1:${server.port}/app.git: timed out after 400 ms, failed ${phase}`,
    });

    expect(performance.now() - started).toBeLessThan(5_000);
    await expect.poll(() => server.sockets.size, { timeout: 10_000 }).toBe(0);
  });

  test.each(STALLS)('%s: whoever gives up otherwise gets that reason back', async (_what, _phase, start) => {
    await using server = await start();
    await using remote = remoteAt(server);
    const reason = new Error('overtaken');

    await expect(remote.handshake(onceStalled(server, reason))).rejects.toBe(reason);
    await expect(remote.handshake(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('a server that misbehaves', () => {
  test.each([
    ['hangs up at once', 'unreachable', (socket: Socket) => socket.end()],
    ['resets the connection', 'unreachable', (socket: Socket) => socket.resetAndDestroy()],
    ['hangs up after its greeting', 'unreachable', (socket: Socket) => socket.end(BANNER)],
    ['speaks HTTP', 'protocol', (socket: Socket) => socket.write(`HTTP/1.1 400 Bad Request\r\n\r\n${'x'.repeat(20_000)}`)],
    ['speaks version 1', 'protocol', (socket: Socket) => socket.write('SSH-1.5-old\r\n')],
    [
      'sends garbage after its greeting',
      'protocol',
      (socket: Socket) => socket.write(Buffer.concat([Buffer.from(BANNER), Buffer.alloc(4_096, 0xff)])),
    ],
    [
      'greets for ever',
      'protocol',
      (socket: Socket) => {
        const more = () => {
          while (!socket.destroyed && socket.write('welcome, welcome\r\n'.repeat(100)));
          if (!socket.destroyed) socket.once('drain', more);
        };
        more();
      },
    ],
    [
      'greets byte by byte for ever',
      'protocol',
      (socket: Socket) => {
        const more = () => socket.destroyed || socket.write('x', () => setImmediate(more));
        socket.setNoDelay(true);
        more();
      },
    ],
  ])('%s is an error of the kind %s %#', async (_, kind, behave) => {
    await using server = await scripted(behave);
    await using remote = remoteAt(server);
    const { user, system } = process.cpuUsage();

    const error: unknown = await remote.handshake(soon(new DeadlineExceeded(20_000), 20_000)).catch((reason: unknown) => reason);

    expect(error).toMatchObject({
      name: 'GitError',
      kind,
      message: expect.stringContaining(`ssh://127.0.0.1:${server.port}/app.git: failed to `),
    });
    const used = process.cpuUsage();
    expect((used.user - user + used.system - system) / 1_000).toBeLessThan(5_000);
  });

  test('is not there', async () => {
    const closed = await scripted(() => undefined);
    await closed[Symbol.asyncDispose]();
    await using remote = remoteAt(closed);

    await expect(remote.handshake(never())).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('failed to connect: connect ECONNREFUSED'),
    });
  });

  test('breaks off in the middle of what it has to say', async () => {
    await using server = await sshUpTo('open', (write, socket) => {
      write(renderPacket('version 2').slice(0, 7));
      setTimeout(() => socket.resetAndDestroy(), 100);
    });
    await using remote = remoteAt(server);

    await expect(remote.handshake(never())).rejects.toMatchObject({ name: 'GitError', kind: 'unreachable' });
  });

  test('hangs up as soon as it has said everything: nothing of that is lost', async () => {
    const refs = `${renderPacket(`${'a'.repeat(40)} refs/heads/main\0none`)}${Array.from({ length: 20_000 }, (_, index) =>
      renderPacket(`${'b'.repeat(40)} refs/pull/${index}/head`),
    ).join('')}0000`;
    const { Server } = await loadSsh2();
    await using server = await scripted((socket) => {
      const ssh = new Server({ hostKeys: [hostKey.privateKey] }, (client) => {
        client
          .on('error', () => undefined)
          .on('authentication', (context) => context.accept())
          .on('session', (accept) =>
            accept().on('exec', (start) => {
              const stream = start();
              stream.write(refs);
              stream.exit(0);
              stream.end(() => client.end());
            }),
          );
      });
      ssh.injectSocket(socket);
    });
    await using remote = remoteAt(server);
    let count = 0;

    for await (const _ of remote.listRefs([], never())) {
      count++;
      // Slower than the server, so that the end is known long before it is read.
      if (count % 5_000 === 1) await new Promise((resolve) => setTimeout(resolve, 50));
    }

    expect(count).toBe(20_001);
  });

  test('says more than anybody wants to hear', async () => {
    await using server = await sshUpTo('open', (write) => write(renderPacket('version 2') + renderPacket('x'.repeat(60_000)).repeat(20)));
    await using remote = remoteAt(server);

    await expect(remote.handshake(never())).rejects.toMatchObject({ kind: 'too-large' });
  });
});

test('is a local one: it is out of reach of a remote that a tenant chose', async () => {
  await using server = await scripted(() => undefined);
  for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
    const access = { username: 'git', identity: key.privateKey, knownHosts: '*' };
    await using remote = connect({ url: new URL(`ssh://${host}:${server.port}/app.git`), access }, { reach: 'remote' });
    await expect(remote.handshake(never())).rejects.toMatchObject({ kind: 'unreachable', message: expect.stringContaining('loopback') });
  }
  expect(server.sockets.size).toBe(0);
});

/** Whether the first packet behind the greeting has come to its end (RFC 4253, 6): the offer of algorithms. */
function hasWholePacket(heard: Buffer): boolean {
  const start = heard.indexOf('\r\n') + 2;
  return start > 1 && heard.length >= start + 4 && heard.length >= start + 4 + heard.readUInt32BE(start);
}

test('CVE-2023-48795: strict key exchange is offered, and compression is not', async () => {
  let heard = Buffer.alloc(0);
  const enough = new AbortController();
  await using server = await scripted((socket) => {
    socket.write(BANNER);
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
      if (hasWholePacket(heard)) enough.abort(new Error('enough'));
    });
  });
  await using remote = remoteAt(server);

  await expect(remote.handshake(enough.signal)).rejects.toThrow('enough');

  const offer = heard.toString('latin1');
  expect(offer).toContain('kex-strict-c-v00@openssh.com');
  expect(offer).not.toContain('zlib');
  expect(offer).not.toContain('group14-sha1');
});

test('ssh2 is loaded by nobody who does not use it', async () => {
  const connection = new URL('../../connection.ts', import.meta.url).href;
  const script = `
    import { createRequire } from 'node:module';
    const { connect } = await import(${JSON.stringify(connection)});
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => file.includes('/ssh2/'));
    await connect({ url: new URL('http://127.0.0.1:1/a'), access: { login: { kind: 'anonymous' } } }).handshake(AbortSignal.timeout(5000)).catch(() => undefined);
    const before = loaded();
    await connect({ url: new URL('ssh://127.0.0.1:1/a'), access: { identity: '', knownHosts: '', username: 'git' } }).handshake(AbortSignal.timeout(5000)).catch(() => undefined);
    console.log(before, loaded());`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], { timeout: 30_000 });

  expect(stdout).toBe('false true\n');
});
