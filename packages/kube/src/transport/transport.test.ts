import type { ServerResponse } from 'node:http';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import { clientBed, configMaps, failure, inTurn, key, leases, ok, received, refuse, signal, web } from '../../test/client-bed.ts';
import { httpsServer, json } from '../../test/https-server.ts';
import { AnswerTooLarge, ConnectionError, ProtocolError } from '../errors.ts';
import { createKubeClient } from '../kube-client.ts';

describe('a request', () => {
  test('says who asks, below the path of the server', async () => {
    await using bed = await clientBed(ok, {});
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
    await using bed = await clientBed((_request, response) =>
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
    await using bed = await clientBed(ok);
    for (let times = 0; times < 5; times++) await bed.client.get(configMaps, key, { signal });
    expect(bed.server.connections).toBe(1);
  });

  test('shares sixteen connections with all others, while leases and watches have their own', async () => {
    const slow = Promise.withResolvers<void>();
    await using bed = await clientBed(async ({ url }, response) => {
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
    await using bed = await clientBed((_request, response) => void response.end('{"metadata":{"name":"web"},"serial":9007199254740993}'));
    expect(await bed.client.get(configMaps, key, { signal })).toMatchObject({ serial: 9007199254740993n });
  });

  test('is counted with its verb and code', async () => {
    await using bed = await clientBed(inTurn(ok, refuse(404)));
    await bed.client.get(configMaps, key, { signal });
    await failure(bed.client.delete(configMaps, key, { signal }));
    expect(bed.seen).toMatchObject([
      { verb: 'get', method: 'GET', resource: 'configmaps', code: 200 },
      { verb: 'delete', method: 'DELETE', resource: 'configmaps', code: 404 },
    ]);
  });

  test('brings the server’s warnings along', async () => {
    await using bed = await clientBed((_request, response) => {
      response.setHeader('warning', ['299 - "unknown field \\"spec.x\\""', '299 - "v1beta1 is deprecated"']);
      json(response, web, 201);
    });
    const applied = await bed.client.apply(configMaps, web, { signal, fieldManager: 'x', force: true });
    expect(applied).toMatchObject({ created: true, warnings: ['unknown field "spec.x"', 'v1beta1 is deprecated'] });
  });
});

describe('an answer', () => {
  test('that is too long is read no further', async () => {
    await using bed = await clientBed(
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
    await expect.poll(() => bed.server.open, { timeout: 5_000 }).toBe(0);
  });

  test.each([
    ['HTML', '<html>'],
    ['nothing', ''],
    ['another object', '{"kind":"Status"}'],
    ['null', 'null'],
  ])('that is %s is none', async (_what, text) => {
    await using bed = await clientBed((_request, response) => void response.end(text));
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toBeInstanceOf(ProtocolError);
    expect(await failure(bed.client.list(configMaps, { signal }))).toBeInstanceOf(ProtocolError);
  });

  test('in pieces is put together', async () => {
    await using bed = await clientBed(async (_request, response) => {
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
    await using bed = await clientBed((_request, opened) => {
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
    await using bed = await clientBed(refuse(410));
    expect(await failure(bed.client.watch(configMaps, { signal, resourceVersion: '1' })[Symbol.asyncIterator]().next())).toMatchObject({
      status: 410,
    });
  });

  test('that breaks is a connection error', async () => {
    await using bed = await clientBed(async (_request, response) => {
      response.writeHead(200).write(event('a'));
      setImmediate(() => response.socket?.destroy());
    });
    const events = bed.client.watch(configMaps, { signal, resourceVersion: '1' })[Symbol.asyncIterator]();
    await events.next();
    expect(await failure(events.next())).toBeInstanceOf(ConnectionError);
  });

  test('that nobody reads any more cuts its connection', async () => {
    await using bed = await clientBed((_request, response) => void response.writeHead(200).write(event('a')));
    for await (const _event of bed.client.watch(configMaps, { signal, resourceVersion: '1' })) break;
    await expect.poll(() => bed.server.open, { timeout: 5_000 }).toBe(0);
  });

  test('ends with the client', async () => {
    await using bed = await clientBed((_request, response) => void response.writeHead(200).write(event('a')));
    const events = bed.client.watch(configMaps, { signal, resourceVersion: '1' })[Symbol.asyncIterator]();
    await events.next();
    const next = failure(events.next());
    await bed.client.close();
    expect(await next).toBeInstanceOf(ConnectionError);
  });
});

test('a server that shares out its own capacity is taken at its word', async () => {
  const server = await httpsServer((request, response) => {
    response.setHeader('x-kubernetes-pf-flowschema-uid', 'f00');
    return ok(request, response);
  });
  const clock = fakeClock();
  const client = createKubeClient({
    connection: { server: server.url, ca: certificates.ca },
    userAgent: 'test/1',
    clock,
    qps: 1,
    burst: 1,
  });
  await client.get(configMaps, key, { signal });
  await Promise.all([1, 2, 3, 4].map(() => client.get(configMaps, key, { signal })));
  expect(server.received).toHaveLength(5);
  await client.close();
  await server[Symbol.asyncDispose]();
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
