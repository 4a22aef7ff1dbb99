import type { ServerResponse } from 'node:http';
import type { Clock, Resource } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { certificates } from '../test/certificates.ts';
import { fakeClock } from '../test/fake-clock.ts';
import { type HttpsServer, httpsServer, json, type Received } from '../test/https-server.ts';
import type { ClusterConnection } from './connection.ts';
import { AnswerTooLarge, ConnectionError, ProtocolError } from './errors.ts';
import { createKubeClient, type KubeClientOptions } from './kube-client.ts';
import type { RequestSeen } from './transport.ts';

const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true };
const key = { namespace: 'apps', name: 'web' };
const web = { apiVersion: 'v1', kind: 'ConfigMap', metadata: key };
const { signal } = new AbortController();

type Answer = (request: Received, response: ServerResponse) => void | Promise<void>;
interface Options extends Partial<KubeClientOptions> {
  readonly to?: Partial<ClusterConnection>;
}

/** A client and a server that answers as the test says. Pauses take no time; deadlines pass when the test moves the clock. */
async function setUp(answer: Answer, { to = {}, ...options }: Options = {}) {
  const server = await httpsServer(answer);
  const clock = fakeClock();
  const pauses: number[] = [];
  const hasty: Clock = {
    ...clock,
    sleep(ms) {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
  const seen: RequestSeen[] = [];
  const client = createKubeClient({
    connection: { server: server.url, ca: certificates.ca, ...to },
    userAgent: 'test/1',
    clock: hasty,
    onRequest: (request) => seen.push(request),
    ...options,
  });
  return {
    server,
    clock,
    pauses,
    seen,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

const failure = (request: Promise<unknown>): Promise<unknown> => request.catch((error: unknown) => error);
const ok: Answer = (_request, response) => json(response, web);
/** One answer after the other, and then the object. */
const inTurn =
  (...answers: Answer[]): Answer =>
  (request, response) =>
    (answers.shift() ?? ok)(request, response);
const refuse =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, headers).end(JSON.stringify({ kind: 'Status', message: 'no', reason: 'Because' }));
const received = (server: HttpsServer, count: number) => expect.poll(() => server.received.length, { timeout: 5_000 }).toBe(count);

describe('a request', () => {
  test('says who asks, below the path of the server', async () => {
    await using bed = await setUp(ok, {});
    const client = createKubeClient({
      connection: { server: `${bed.server.url}/clusters/one/`, ca: certificates.ca, token: () => Promise.resolve('t0ken') },
      userAgent: 'test/1',
    });
    expect(await client.get(configMaps, key, { signal })).toEqual(web);
    await client.close();
    expect(bed.server.received).toMatchObject([
      {
        method: 'GET',
        url: '/clusters/one/api/v1/namespaces/apps/configmaps/web',
        headers: { authorization: 'Bearer t0ken', 'user-agent': 'test/1', accept: 'application/json' },
      },
    ]);
  });

  test('acts as somebody else in every verb, when it shall', async () => {
    await using bed = await setUp((_request, response) =>
      json(response, { ...web, items: [], metadata: { ...key, resourceVersion: '1' } }),
    );
    const jane = bed.client.impersonate({ userName: 'jane', groups: ['dev', 'ops'] });
    await jane.get(configMaps, key, { signal });
    await jane.list(configMaps, { signal });
    await jane.create(configMaps, web, { signal });
    await jane.replace(configMaps, web, { signal });
    await jane.apply(configMaps, web, { signal, fieldManager: 'x', force: true });
    await jane.patch(configMaps, { key, patch: { type: 'merge', body: {} } }, { signal });
    await jane.delete(configMaps, key, { signal });
    await failure(jane.watch(configMaps, { signal, resourceVersion: '1' })[Symbol.asyncIterator]().next());
    expect(bed.server.received.map(({ headers }) => [headers['impersonate-user'], headers['impersonate-group']])).toEqual(
      Array.from({ length: 8 }, () => ['jane', 'dev, ops']),
    );
    expect(() => jane.impersonate({ userName: 'joe' })).toThrow('cannot impersonate while impersonating');
  });

  test('goes over a kept connection', async () => {
    await using bed = await setUp(ok);
    for (let times = 0; times < 5; times++) await bed.client.get(configMaps, key, { signal });
    expect(bed.server.connections).toBe(1);
  });

  test('shares sixteen connections with all others, while leases and watches have their own', async () => {
    const slow = Promise.withResolvers<void>();
    await using bed = await setUp(async ({ url }, response) => {
      if (url.includes('watch=true')) return void response.writeHead(200).write('\n');
      if (url.includes('configmaps')) await slow.promise;
      json(response, web);
    });
    const stop = new AbortController();
    const watches = Array.from({ length: 20 }, () =>
      bed.client.watch(configMaps, { signal: stop.signal, resourceVersion: '1' })[Symbol.asyncIterator]().next(),
    );
    const calls = Promise.all(Array.from({ length: 40 }, () => bed.client.get(configMaps, key, { signal })));
    await received(bed.server, 36);
    await bed.client.get(leases, key, { signal });
    expect(bed.server.received).toHaveLength(37);
    slow.resolve();
    await calls;
    stop.abort(new Error('enough'));
    for (const watch of watches) expect(await failure(watch)).toEqual(new Error('enough'));
  });

  test('keeps integers beyond 2^53', async () => {
    await using bed = await setUp((_request, response) => void response.end('{"metadata":{"name":"web"},"serial":9007199254740993}'));
    expect(await bed.client.get(configMaps, key, { signal })).toMatchObject({ serial: 9007199254740993n });
  });

  test('is counted with its verb and code', async () => {
    await using bed = await setUp(inTurn(ok, refuse(404)));
    await bed.client.get(configMaps, key, { signal });
    await failure(bed.client.delete(configMaps, key, { signal }));
    expect(bed.seen).toMatchObject([
      { verb: 'get', method: 'GET', resource: 'configmaps', code: 200 },
      { verb: 'delete', method: 'DELETE', resource: 'configmaps', code: 404 },
    ]);
  });

  test('brings the server’s warnings along', async () => {
    await using bed = await setUp((_request, response) => {
      response.setHeader('warning', ['299 - "unknown field \\"spec.x\\""', '299 - "v1beta1 is deprecated"']);
      json(response, web, 201);
    });
    const applied = await bed.client.apply(configMaps, web, { signal, fieldManager: 'x', force: true });
    expect(applied).toMatchObject({ created: true, warnings: ['unknown field "spec.x"', 'v1beta1 is deprecated'] });
  });
});

describe('a refusal', () => {
  test('is what the server said', async () => {
    await using bed = await setUp(refuse(403));
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toMatchObject({
      name: 'ApiError',
      status: 403,
      reason: 'Because',
      message: 'no',
    });
  });

  test.each([
    ['get', (client: Bed['client']) => client.get(configMaps, key, { signal })],
    ['create', (client: Bed['client']) => client.create(configMaps, web, { signal })],
  ])('429 with a time is waited for, whatever was asked (%s)', async (_verb, ask) => {
    await using bed = await setUp(inTurn(refuse(429, { 'retry-after': '2' }), refuse(429, { 'retry-after': '1' })));
    expect(await ask(bed.client)).toEqual(web);
    expect(bed.pauses).toEqual([2_000, 1_000]);
    expect(bed.server.received).toHaveLength(3);
  });

  test('429 is not waited for without end', async () => {
    await using bed = await setUp(refuse(429, { 'retry-after': '1' }));
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toMatchObject({ status: 429, retryAfterMs: 1_000 });
    expect(bed.pauses).toHaveLength(5);
  });

  test('503 is waited for when twice is as good as once', async () => {
    await using bed = await setUp(inTurn(refuse(503, { 'retry-after': '1' }), ok, refuse(503, { 'retry-after': '1' })));
    expect(await bed.client.get(configMaps, key, { signal })).toEqual(web);
    expect(await failure(bed.client.create(configMaps, web, { signal }))).toMatchObject({ status: 503 });
  });

  test('that sends elsewhere is not followed', async () => {
    await using bed = await setUp(refuse(302, { location: 'https://example.dev/' }));
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toMatchObject({ name: 'ApiError', status: 302 });
    expect(bed.server.received).toHaveLength(1);
  });
});

describe('a token that was refused', () => {
  const bearer =
    (good: string): Answer =>
    (request, response) =>
      request.headers.authorization === `Bearer ${good}` ? json(response, web) : void response.writeHead(401).end();

  const tokens = () => {
    const asked: boolean[] = [];
    return {
      asked,
      token: ({ fresh } = { fresh: false }) => {
        asked.push(fresh);
        return Promise.resolve(fresh ? 'new' : 'old');
      },
    };
  };

  test('is asked for anew, and the request goes again', async () => {
    const { asked, token } = tokens();
    await using bed = await setUp(bearer('new'), { to: { token } });
    expect(await bed.client.create(configMaps, web, { signal })).toEqual(web);
    expect(asked).toEqual([false, true]);
  });

  test('twice is an answer', async () => {
    const { asked, token } = tokens();
    await using bed = await setUp(bearer('another'), { to: { token } });
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toMatchObject({ name: 'ApiError', status: 401 });
    expect(asked).toEqual([false, true]);
  });

  test('cannot be had anew when there is none', async () => {
    await using bed = await setUp(bearer('any'));
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toMatchObject({ status: 401 });
    expect(bed.server.received).toHaveLength(1);
  });

  test('that cannot be read means no answer', async () => {
    await using bed = await setUp(ok, { to: { token: () => Promise.reject(new Error('no such file')) } });
    const error = await failure(bed.client.get(configMaps, key, { signal }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(bed.server.received).toHaveLength(0);
  });
});

type Bed = Awaited<ReturnType<typeof setUp>>;

describe('no answer', () => {
  test.each<[string, Answer]>([
    ['at all', () => undefined],
    [
      'but its beginning',
      (_request, response) => {
        response.writeHead(200).write('{"metadata":');
      },
    ],
    [
      'but the beginning of a refusal',
      (_request, response) => {
        response.writeHead(404).write('{"message":');
      },
    ],
  ])('%s, within the deadline, is an error that names verb, host and path', async (_what, answer) => {
    await using bed = await setUp(answer, { timeoutMs: 10_000 });
    const failed = failure(bed.client.get(configMaps, key, { signal }));
    await received(bed.server, 1);
    await bed.clock.advance(10_000);
    const error = await failed;
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toBe(
      `ConnectionError: failed to GET 127.0.0.1:${bed.server.port}/api/v1/namespaces/apps/configmaps/web: no answer within 10000 ms`,
    );
    await expect.poll(() => bed.server.open).toBe(0);
  });

  test('leaves no deadline behind when it came', async () => {
    await using bed = await setUp(ok);
    await bed.client.get(configMaps, key, { signal });
    expect(bed.clock.pending).toBe(0);
  });

  test('because of an abort is the signal’s reason, and the connection is cut', async () => {
    await using bed = await setUp(() => undefined);
    const stop = new AbortController();
    const failed = failure(bed.client.get(configMaps, key, { signal: stop.signal }));
    await received(bed.server, 1);
    stop.abort(new Error('overtaken'));
    expect(await failed).toEqual(new Error('overtaken'));
    await expect.poll(() => bed.server.open).toBe(0);
  });

  test('because nobody listens does not quote what was asked for', async () => {
    const server = await httpsServer(ok);
    await server[Symbol.asyncDispose]();
    const client = createKubeClient({ connection: { server: server.url, ca: certificates.ca }, userAgent: 'test/1' });
    const error = await failure(client.list(configMaps, { signal, labelSelector: 'secret=x' }));
    await client.close();
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toContain('ECONNREFUSED');
    expect(String(error)).not.toContain('secret');
  });

  test('over a kept connection that was gone: a read goes again, a write does not', async () => {
    // The server hangs up the moment it is asked a second time over one connection.
    const served = new Set<number>();
    await using bed = await setUp(({ connection }, response) => {
      if (served.has(connection)) return void response.socket?.destroy();
      served.add(connection);
      json(response, web);
    });
    await bed.client.get(configMaps, key, { signal });
    expect(await bed.client.get(configMaps, key, { signal })).toEqual(web);
    expect(bed.server.connections).toBe(2);
    expect(await failure(bed.client.create(configMaps, web, { signal }))).toBeInstanceOf(ConnectionError);
    expect(bed.server.received.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  test('from a client that was closed', async () => {
    await using bed = await setUp(() => undefined);
    const running = failure(bed.client.get(configMaps, key, { signal }));
    await received(bed.server, 1);
    await bed.client.close();
    for (const request of [running, failure(bed.client.get(configMaps, key, { signal }))]) {
      const error = await request;
      expect(error).toBeInstanceOf(ConnectionError);
      expect(String(error)).toContain('the client was closed');
    }
  });
});

describe('an answer', () => {
  test('that is too long is read no further', async () => {
    await using bed = await setUp(
      (_request, response) => {
        response.writeHead(200);
        const chunk = Buffer.alloc(64 * 1024, ' ');
        const more = () => {
          while (!response.destroyed && response.write(chunk));
        };
        response.on('drain', more);
        more();
      },
      { maxAnswerBytes: 100_000 },
    );
    const error = await failure(bed.client.list(configMaps, { signal }));
    expect(error).toBeInstanceOf(AnswerTooLarge);
    expect(String(error)).toContain('answer is longer than 100000 bytes');
    await expect.poll(() => bed.server.open).toBe(0);
  });

  test.each([
    ['HTML', '<html>'],
    ['nothing', ''],
    ['another object', '{"kind":"Status"}'],
    ['null', 'null'],
  ])('that is %s is none', async (_what, text) => {
    await using bed = await setUp((_request, response) => void response.end(text));
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toBeInstanceOf(ProtocolError);
    expect(await failure(bed.client.list(configMaps, { signal }))).toBeInstanceOf(ProtocolError);
  });

  test('in pieces is put together', async () => {
    await using bed = await setUp(async (_request, response) => {
      const bytes = Buffer.from(JSON.stringify({ ...web, data: { text: 'ä🙂' } }));
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    });
    expect(await bed.client.get(configMaps, key, { signal })).toMatchObject({ data: { text: 'ä🙂' } });
  });
});

describe('a watch', () => {
  const event = (name: string) => `${JSON.stringify({ type: 'ADDED', object: { metadata: { name, resourceVersion: '7' } } })}\n`;

  test('delivers as it comes, outlives the deadline of calls, and ends with the server’s', async () => {
    let response: ServerResponse | undefined;
    await using bed = await setUp((_request, opened) => {
      response = opened;
      opened.writeHead(200).write(event('a'));
    });
    const events = bed.client.watch(configMaps, { signal, resourceVersion: '1' })[Symbol.asyncIterator]();
    expect(await events.next()).toMatchObject({
      value: { type: 'ADDED', object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } } },
    });
    await bed.clock.advance(3_600_000);
    response?.end(event('b'));
    expect(await events.next()).toMatchObject({ value: { object: { metadata: { name: 'b' } } } });
    expect(await events.next()).toEqual({ done: true, value: undefined });
  });

  test('that is refused throws what the server said', async () => {
    await using bed = await setUp(refuse(410));
    expect(await failure(bed.client.watch(configMaps, { signal, resourceVersion: '1' })[Symbol.asyncIterator]().next())).toMatchObject({
      status: 410,
    });
  });

  test('that breaks is a connection error', async () => {
    await using bed = await setUp(async (_request, response) => {
      response.writeHead(200).write(event('a'));
      setImmediate(() => response.socket?.destroy());
    });
    const events = bed.client.watch(configMaps, { signal, resourceVersion: '1' })[Symbol.asyncIterator]();
    await events.next();
    expect(await failure(events.next())).toBeInstanceOf(ConnectionError);
  });

  test('that nobody reads any more cuts its connection', async () => {
    await using bed = await setUp((_request, response) => void response.writeHead(200).write(event('a')));
    for await (const _event of bed.client.watch(configMaps, { signal, resourceVersion: '1' })) break;
    await expect.poll(() => bed.server.open).toBe(0);
  });

  test('ends with the client', async () => {
    await using bed = await setUp((_request, response) => void response.writeHead(200).write(event('a')));
    const events = bed.client.watch(configMaps, { signal, resourceVersion: '1' })[Symbol.asyncIterator]();
    await events.next();
    const next = failure(events.next());
    await bed.client.close();
    expect(await next).toBeInstanceOf(ConnectionError);
  });
});

describe('trust', () => {
  test('a server of another authority is no answer', async () => {
    await using bed = await setUp(ok, { to: { ca: certificates.otherCa } });
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toBeInstanceOf(ConnectionError);
    expect(bed.server.received).toHaveLength(0);
  });

  test('is not asked for when it shall not be', async () => {
    await using bed = await setUp(ok, { to: { ca: undefined, insecureSkipTlsVerify: true } });
    expect(await bed.client.get(configMaps, key, { signal })).toEqual(web);
  });

  test('follows the name that the connection gives the server', async () => {
    await using bed = await setUp(ok, { to: { tlsServerName: 'localhost' } });
    expect(await bed.client.get(configMaps, key, { signal })).toEqual(web);
    await using wrong = await setUp(ok, { to: { tlsServerName: 'example.dev' } });
    expect(String(await failure(wrong.client.get(configMaps, key, { signal })))).toContain('example.dev');
  });

  test('a client certificate is shown, and a new one from the next request on', async () => {
    const connection = { clientCertificate: certificates.firstClient };
    const bed = await setUp(ok);
    const client = createKubeClient({
      connection: {
        server: bed.server.url,
        ca: certificates.ca,
        get clientCertificate() {
          return connection.clientCertificate;
        },
      },
      userAgent: 'test/1',
    });
    await client.get(configMaps, key, { signal });
    await client.get(configMaps, key, { signal });
    connection.clientCertificate = certificates.secondClient as typeof certificates.firstClient;
    await client.get(configMaps, key, { signal });
    await bed.client.get(configMaps, key, { signal });
    expect(bed.server.received.map(({ client: name }) => name)).toEqual(['first-client', 'first-client', 'second-client', undefined]);
    expect(bed.server.connections).toBe(3);
    await client.close();
    await bed[Symbol.asyncDispose]();
  });

  test.each(['http://example.dev', 'http://127.0.0.1.example.dev', 'ftp://127.0.0.1', 'http://10.0.0.1'])(
    '%s is no place to send a token to',
    (server) => {
      expect(() => createKubeClient({ connection: { server }, userAgent: 'test/1' })).toThrow(
        'neither https nor http on a loopback address',
      );
    },
  );
});

test('more than the ceiling allows has to wait', async () => {
  const server = await httpsServer(ok);
  const clock = fakeClock();
  const client = createKubeClient({
    connection: { server: server.url, ca: certificates.ca },
    userAgent: 'test/1',
    clock,
    qps: 1,
    burst: 2,
  });
  const calls = Promise.all([1, 2, 3].map(() => client.get(configMaps, key, { signal })));
  await received(server, 2);
  await client.get(leases, key, { signal });
  expect(server.received.map(({ url }) => url.includes('leases'))).toEqual([false, false, true]);
  await clock.advance(1_000);
  await calls;
  await client.close();
  await server[Symbol.asyncDispose]();
});
