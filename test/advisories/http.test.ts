import { inspect } from 'node:util';
import { watchUnhandled } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { runChild } from './child.ts';
import { CLIENTS, type Server } from './clients.ts';
import { costOf } from './cost.ts';
import { afterRequest, type Behaviour, breaksOff, rawServer, sends, sendsAndResets } from './raw-server.ts';

const MIB = 1024 * 1024;
const OK = 'HTTP/1.1 200 OK\r\n';
/** What each of our errors is called; the log of events holds those of the library. */
const OURS = /^(GitError|ArtifactError|ConnectionError|ProtocolError|AnswerTooLarge|ApiError|TimeoutError)$/;
const clients = Object.entries(CLIENTS);

/** Everything that a client said, in one text, with all that hangs on it. */
const said = (what: readonly unknown[]): string =>
  inspect(what, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null });

describe('CVE-2026-21637: whatever a server does on whatever layer, it is an error of one request', () => {
  const plain: Readonly<Record<string, Behaviour>> = {
    'a switch of protocols': sends('HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n'),
    'a reset as soon as it is open': breaksOff,
    'an end as soon as it is open': (socket) => void socket.end(),
    'a reset after the request': sendsAndResets(''),
    'an end after the request': sends(''),
    'half an answer, then an end': sends(`${OK}content-le`),
    'half an answer, then a reset': sendsAndResets(`${OK}content-le`),
    'a head, then a reset': sendsAndResets(`${OK}content-length: 100\r\n\r\nabc`),
    'less than it promised': sends(`${OK}content-length: 100\r\n\r\nabc`),
    'more than it promised': sends(`${OK}content-length: 1\r\n\r\n${'abc'.repeat(1_000)}`),
    'garbage at once': (socket) => void socket.write(Buffer.alloc(10_000, 0xff)),
    'garbage as an answer': sends(Buffer.alloc(10_000, 0xff)),
    'garbage behind the head': sends(`${OK}transfer-encoding: chunked\r\n\r\n\xff\xfe\xfd`),
    'a chunk of no length': sends(`${OK}transfer-encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`),
    'a chunk below zero': sends(`${OK}transfer-encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n`),
    'a chunk beyond all numbers': sends(`${OK}transfer-encoding: chunked\r\n\r\n${'f'.repeat(40)}\r\nabc`),
    'a chunk without its end': sends(`${OK}transfer-encoding: chunked\r\n\r\n3\r\nabcdefgh0\r\n\r\n`),
    'two lengths': sends(`${OK}content-length: 1\r\ncontent-length: 2\r\n\r\nab`),
    'a length below zero': sends(`${OK}content-length: -1\r\n\r\nab`),
    'a length and chunks': sends(`${OK}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`),
    'a line that is no header': sends(`${OK}no header here\r\n\r\n`),
    'a header with a NUL': sends(`${OK}x: a\0b\r\n\r\n`),
    'a header that does not end': sends(`${OK}x: ${'a'.repeat(MIB)}`),
    'a hundred thousand headers': sends(`${OK}${'a: b\r\n'.repeat(100_000)}\r\n`),
    'a status that is none': sends('HTTP/1.1 abc OK\r\n\r\n'),
    'a status beyond all': sends('HTTP/1.1 9999 OK\r\n\r\n'),
    'another version': sends('HTTP/9.9 200 OK\r\n\r\n'),
    'another protocol': sends('SSH-2.0-OpenSSH_9.0\r\n'),
    'news of continuing without end': sends('HTTP/1.1 100 Continue\r\n\r\n'.repeat(10_000)),
    'a redirect to nowhere': sends('HTTP/1.1 301 Moved\r\nlocation: http://\x80:99999/\r\ncontent-length: 0\r\n\r\n'),
    'a redirect to another protocol': sends('HTTP/1.1 302 Found\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n'),
  };
  const secure: Readonly<Record<string, Behaviour>> = {
    'a reset within TLS': breaksOff,
    'garbage within TLS': afterRequest((socket) => void socket.end(Buffer.alloc(10_000, 0xff))),
    'half a head within TLS': sendsAndResets(`${OK}content-le`),
  };
  /** Instead of a handshake. */
  const insteadOfTls: Readonly<Record<string, Behaviour>> = {
    'plain HTTP': sends(`${OK}\r\n`),
    garbage: (socket) => void socket.write(Buffer.alloc(10_000, 0xff)),
    'an alert': sends(Buffer.from([21, 3, 3, 0, 2, 2, 80])),
    'half a greeting, then a reset': sendsAndResets('\x16\x03\x03\x00\x7a\x02'),
    'a record of no length': sends(Buffer.from([22, 3, 3, 0, 0])),
    'a reset': breaksOff,
    'an end': (socket) => void socket.end(),
  };
  async function outcome(server: Server, name: string): Promise<void> {
    using unhandled = watchUnhandled(process);
    for (const [client, send] of clients) {
      const began = performance.now();
      const [first] = await send(server);
      expect(performance.now() - began, `${client}: ${name}`).toBeLessThan(40_000);
      if (client !== 'events') expect((first as Error | undefined)?.name, `${client}: ${name}: ${String(first)}`).toMatch(OURS);
    }
    // What nobody caught shows a turn later.
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled.errors, name).toEqual([]);
  }

  test.each(Object.entries(plain))('%s', { timeout: 60_000 }, async (name, behaviour) => {
    await using server = await rawServer(behaviour);
    await outcome(server, name);
    expect(server.connections).toBeGreaterThan(0);
  });

  test.each(Object.entries(secure))('%s', { timeout: 60_000 }, async (name, behaviour) => {
    await using server = await rawServer(behaviour, { tls: true });
    await outcome(server, name);
  });

  test.each(Object.entries(insteadOfTls))('%s where a handshake should be', { timeout: 60_000 }, async (name, behaviour) => {
    await using server = await rawServer(behaviour);
    await outcome({ url: server.url.replace('http:', 'https:') }, name);
  });
});

describe('CVE-2025-59465: frames of HTTP/2 that make no sense are an error of one request', () => {
  const frame = (type: number, flags: number, payload: Buffer) =>
    Buffer.concat([Buffer.from([0, 0, payload.length, type, flags, 0, 0, 0, 1]), payload]);
  const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
  test.each<[string, Buffer]>([
    ['headers that are no HPACK', Buffer.concat([settings, frame(1, 4, Buffer.alloc(100, 0xff))])],
    ['a frame of a type that nobody knows, and noise', Buffer.concat([settings, frame(0xfe, 0xff, Buffer.alloc(200, 0x80))])],
    ['noise', Buffer.alloc(1_000, 0xff)],
    ['a reset of a stream that nobody opened', Buffer.concat([settings, frame(3, 0, Buffer.alloc(4))])],
    ['an end of everything', Buffer.concat([settings, Buffer.from([0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])])],
  ])('%s', { timeout: 60_000 }, async (_, bytes) => {
    using unhandled = watchUnhandled(process);
    await using server = await rawServer((socket) => void socket.end(bytes), { tls: true, protocols: ['h2', 'http/1.1'] });
    for (const [client, send] of clients) {
      const [first] = await send(server);
      if (client !== 'events') expect((first as Error | undefined)?.name, client).toMatch(OURS);
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled.errors).toEqual([]);
  });
});

describe('CVE-2026-22036: an answer that says it was compressed a thousand times is not unpacked', () => {
  const chain = (encoding: string, times: number) => Array<string>(times).fill(encoding).join(', ');
  test.each([
    ['gzip', 1_000],
    ['br', 1_000],
    ['deflate, gzip, br, zstd, x-gzip', 300],
    ['gzip', 1_000_000],
  ])('%s × %d', { timeout: 60_000 }, async (encoding, times) => {
    await using server = await rawServer(sends(`${OK}content-encoding: ${chain(encoding, times)}\r\ncontent-length: 5\r\n\r\nhello`));
    for (const [client, send] of clients) {
      const cost = await costOf(async () => {
        const [first] = await send(server);
        if (client !== 'events') expect((first as Error | undefined)?.name, client).toMatch(OURS);
      });
      expect(cost.error, client).toBeUndefined();
      expect(cost.cpuMs, client).toBeLessThan(2_000);
    }
  });

  test('nobody asks for compression, except where what comes is counted after it', async () => {
    const heads: string[] = [];
    await using server = await rawServer((socket) => {
      socket.once('data', (bytes: Buffer) => {
        heads.push(bytes.toString('latin1'));
        socket.end(`${OK}content-length: 0\r\n\r\n`);
      });
    });
    for (const [, send] of clients) await send(server);
    expect(heads.length).toBeGreaterThanOrEqual(clients.length);
    expect(heads.filter((head) => /^accept-encoding:(?! identity)/im.test(head))).toEqual([]);
  });
});

test('CVE-2025-47279: a receiver whose certificate nobody knows, asked again and again, leaves nothing in memory', {
  timeout: 60_000,
}, async () => {
  await using server = await rawServer((socket) => void socket.end(), { tls: true });
  const { code, stderr, lines } = await runChild('bad-certificate-main.ts', ['--expose-gc'], [`${server.url}/`, '600']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [{ heldBytes: [first = 0, second = 0] = [], sockets, failures } = {}] = lines as readonly {
    readonly heldBytes?: readonly number[];
    readonly sockets?: readonly number[];
    readonly failures?: number;
  }[];
  expect(failures).toBe(1_200);
  expect(second - first).toBeLessThan(MIB);
  expect(Math.max(...(sockets ?? [99]))).toBeLessThanOrEqual(2);
});

describe('CVE-2024-31216: no credential shows in what is said of a request that failed', () => {
  const CANARY = 'CANARY-7f3c/9+a=b';
  const shownAs = [
    CANARY,
    encodeURIComponent(CANARY),
    Buffer.from(CANARY).toString('base64').replace(/=+$/, ''),
    JSON.stringify(CANARY).slice(1, -1),
  ];
  const userinfo = Buffer.from(`user:${CANARY}`).toString('base64');
  const echo: Behaviour = (socket) =>
    void socket.once('data', (head: Buffer) => {
      const body = `you sent ${head.toString('latin1')}`;
      socket.end(`HTTP/1.1 400 Bad ${userinfo}\r\nx-echo: Basic ${userinfo}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
    });
  const answer = (status: number) => sends(`HTTP/1.1 ${status} X\r\nwww-authenticate: Basic realm="x"\r\ncontent-length: 0\r\n\r\n`);
  const failures: Readonly<Record<string, Behaviour>> = {
    'a reset': breaksOff,
    'an end': (socket) => void socket.end(),
    'a reset in the head': sendsAndResets(`${OK}content`),
    'a reset in the body': sendsAndResets(`${OK}content-length: 10\r\n\r\nabc`),
    '400 that echoes the request': echo,
    '401': answer(401),
    '403': answer(403),
    '404': answer(404),
    '429': answer(429),
    '500': answer(500),
    'a redirect in a circle': afterRequest(
      (socket) => void socket.end('HTTP/1.1 301 X\r\nlocation: /app.git/info/refs?service=git-upload-pack\r\ncontent-length: 0\r\n\r\n'),
    ),
    'a redirect to itself with the login': sends(
      `HTTP/1.1 301 X\r\nlocation: ftp://user:${encodeURIComponent(CANARY)}@localhost/\r\ncontent-length: 0\r\n\r\n`,
    ),
    'what cannot be read': sends(`${OK}content-length: 5\r\n\r\n<html`),
    garbage: sends('\xff\xff\xff\xff'),
    'no answer': () => undefined,
  };

  test.each(Object.entries(failures))('%s', { timeout: 60_000 }, async (_, behaviour) => {
    await using server = await rawServer(behaviour);
    const { origin } = new URL(server.url);
    const attempts = [
      CLIENTS.git?.(server, { login: { kind: 'basic', origin, username: 'user', password: CANARY } }),
      CLIENTS.git?.(server, { login: { kind: 'bearer', origin, token: CANARY } }),
      CLIENTS.kubernetes?.(server, { token: CANARY }),
      CLIENTS.artifact?.({
        url: `${server.url.replace('://', `://user:${encodeURIComponent(CANARY)}@`)}/x?sig=${encodeURIComponent(CANARY)}&y=`,
      }),
      CLIENTS.events?.({ url: `${server.url}/?token=${encodeURIComponent(CANARY)}` }),
    ];
    const text = said((await Promise.all(attempts)).flatMap((lines) => lines ?? []));
    expect(text.length).toBeGreaterThan(100);
    for (const form of [...shownAs, userinfo]) expect(text.includes(form), `${form} in ${text}`).toBe(false);
  });

  test('a server that is not there, and one whose name nobody knows', async () => {
    for (const url of ['https://127.0.0.1:1', 'https://nowhere.invalid']) {
      const login = { kind: 'basic', origin: url, username: 'user', password: CANARY } as const;
      const text = said([
        ...((await CLIENTS.git?.({ url }, { login })) ?? []),
        ...((await CLIENTS.kubernetes?.({ url }, { token: CANARY })) ?? []),
      ]);
      for (const form of [...shownAs, userinfo]) expect(text.includes(form), text).toBe(false);
    }
  });
});
