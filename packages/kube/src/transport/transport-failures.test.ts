import { describe, expect, test } from 'vitest';
import { certificates } from '../../test/certificates.ts';
import {
  type Answer,
  type ClientBed,
  clientBed,
  configMaps,
  failure,
  inTurn,
  key,
  ok,
  received,
  refuse,
  signal,
  web,
} from '../../test/client-bed.ts';
import { httpsServer, json } from '../../test/https-server.ts';
import { ConnectionError } from '../errors.ts';
import { createKubeClient } from '../kube-client.ts';

describe('a refusal', () => {
  test('is what the server said', async () => {
    await using bed = await clientBed(refuse(403));
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toMatchObject({
      name: 'ApiError',
      status: 403,
      reason: 'Because',
      message: 'no',
    });
  });

  test.each([
    ['get', (client: ClientBed['client']) => client.get(configMaps, key, { signal })],
    ['create', (client: ClientBed['client']) => client.create(configMaps, web, { signal })],
  ])('429 with a time is waited for, whatever was asked (%s)', async (_verb, ask) => {
    await using bed = await clientBed(inTurn(refuse(429, { 'retry-after': '2' }), refuse(429, { 'retry-after': '1' })));
    expect(await ask(bed.client)).toEqual(web);
    expect(bed.pauses).toEqual([2_000, 1_000]);
    expect(bed.server.received).toHaveLength(3);
  });

  test('429 is not waited for without end', async () => {
    await using bed = await clientBed(refuse(429, { 'retry-after': '1' }));
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toMatchObject({ status: 429, retryAfterMs: 1_000 });
    expect(bed.pauses).toHaveLength(5);
  });

  test('503 is waited for when twice is as good as once', async () => {
    await using bed = await clientBed(inTurn(refuse(503, { 'retry-after': '1' }), ok, refuse(503, { 'retry-after': '1' })));
    expect(await bed.client.get(configMaps, key, { signal })).toEqual(web);
    expect(await failure(bed.client.create(configMaps, web, { signal }))).toMatchObject({ status: 503 });
  });

  test('that sends elsewhere is not followed', async () => {
    await using bed = await clientBed(refuse(302, { location: 'https://example.dev/' }));
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
    await using bed = await clientBed(bearer('new'), { to: { token } });
    expect(await bed.client.create(configMaps, web, { signal })).toEqual(web);
    expect(asked).toEqual([false, true]);
  });

  test('twice is an answer', async () => {
    const { asked, token } = tokens();
    await using bed = await clientBed(bearer('another'), { to: { token } });
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toMatchObject({ name: 'ApiError', status: 401 });
    expect(asked).toEqual([false, true]);
  });

  test('cannot be had anew when there is none', async () => {
    await using bed = await clientBed(bearer('any'));
    expect(await failure(bed.client.get(configMaps, key, { signal }))).toMatchObject({ status: 401 });
    expect(bed.server.received).toHaveLength(1);
  });

  test('that cannot be read means no answer', async () => {
    await using bed = await clientBed(ok, { to: { token: () => Promise.reject(new Error('no such file')) } });
    const error = await failure(bed.client.get(configMaps, key, { signal }));
    expect(error).toBeInstanceOf(ConnectionError);
    expect(bed.server.received).toHaveLength(0);
  });
});

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
    await using bed = await clientBed(answer, { timeoutMs: 10_000 });
    const failed = failure(bed.client.get(configMaps, key, { signal }));
    await received(bed.server, 1);
    await bed.clock.advance(10_000);
    const error = await failed;
    expect(error).toBeInstanceOf(ConnectionError);
    expect(String(error)).toBe(
      `ConnectionError: failed to GET 127.0.0.1:${bed.server.port}/api/v1/namespaces/apps/configmaps/web: no answer within 10000 ms`,
    );
    await expect.poll(() => bed.server.open, { timeout: 5_000 }).toBe(0);
  });

  test('leaves no deadline behind when it came', async () => {
    await using bed = await clientBed(ok);
    await bed.client.get(configMaps, key, { signal });
    expect(bed.clock.pending).toBe(0);
  });

  test('because of an abort is the signal’s reason, and the connection is cut', async () => {
    await using bed = await clientBed(() => undefined);
    const stop = new AbortController();
    const failed = failure(bed.client.get(configMaps, key, { signal: stop.signal }));
    await received(bed.server, 1);
    stop.abort(new Error('overtaken'));
    expect(await failed).toEqual(new Error('overtaken'));
    await expect.poll(() => bed.server.open, { timeout: 5_000 }).toBe(0);
  });

  test('lasts until the server answers anything, a refusal included', async () => {
    await using bed = await clientBed(refuse(403));
    const stop = new AbortController();
    let answers = 0;
    const answered = [bed.client, bed.client.impersonate({ userName: 'deployer' })].map((client) =>
      client.untilAnswered?.(stop.signal).then(() => {
        answers += 1;
      }),
    );
    expect(answers).toBe(0);
    await failure(bed.client.get(configMaps, key, { signal }));
    await Promise.all(answered);
    expect(answers).toBe(2);
    const given = bed.client.untilAnswered?.(stop.signal);
    stop.abort();
    await given;
  });

  test('because of an abort does not befall a write that was sent: its answer is waited for', async () => {
    const answers: (() => void)[] = [];
    await using bed = await clientBed((_request, response) => void answers.push(() => json(response, web)));
    const stop = new AbortController();
    const written = bed.client.apply(configMaps, web, { fieldManager: 'test', force: true, signal: stop.signal });
    const tried = failure(bed.client.apply(configMaps, web, { fieldManager: 'test', force: true, dryRun: true, signal: stop.signal }));
    await received(bed.server, 2);
    stop.abort(new Error('overtaken'));
    expect(await tried).toEqual(new Error('overtaken'));
    for (const answer of answers) answer();
    expect((await written).object).toEqual(web);
    expect(await failure(bed.client.create(configMaps, web, { signal: stop.signal }))).toEqual(new Error('overtaken'));
    expect(bed.server.received).toHaveLength(2);
  });

  test('because it was called off while it waited for a connection is what called it off, and nothing is sent', async () => {
    const slow = Promise.withResolvers<void>();
    await using bed = await clientBed(async (_request, response) => {
      await slow.promise;
      json(response, web);
    });
    const others = Array.from({ length: 16 }, () => bed.client.get(configMaps, key, { signal }));
    await received(bed.server, 16);
    let wanted = true;
    const beforeSend = () => {
      if (!wanted) throw new Error('no longer wanted');
    };
    const stop = new AbortController();
    const writes = [
      bed.client.create(configMaps, web, { signal, beforeSend }),
      bed.client.replace(configMaps, web, { signal, beforeSend }),
      bed.client.apply(configMaps, web, { fieldManager: 'test', force: true, signal, beforeSend }),
      bed.client.patch(configMaps, { key, patch: { type: 'merge', body: {} } }, { signal, beforeSend }),
      bed.client.delete(configMaps, key, { signal, beforeSend }),
    ].map(failure);
    const aborted = failure(bed.client.create(configMaps, web, { signal: stop.signal }));
    wanted = false;
    stop.abort(new Error('overtaken'));
    slow.resolve();
    expect(await Promise.all(writes)).toEqual(writes.map(() => new Error('no longer wanted')));
    expect(await aborted).toEqual(new Error('overtaken'));
    await Promise.all(others);
    expect(bed.server.received).toHaveLength(16);
  });

  test('because it was called off between two attempts is what called it off', async () => {
    let wanted = true;
    await using bed = await clientBed((request, response) => {
      wanted = false;
      return refuse(429, { 'retry-after': '1' })(request, response);
    });
    const beforeSend = () => {
      if (!wanted) throw new Error('no longer wanted');
    };
    const written = failure(bed.client.create(configMaps, web, { signal, beforeSend }));
    expect(await written).toEqual(new Error('no longer wanted'));
    expect(bed.server.received).toHaveLength(1);
  });

  test('because the server wants to speak another protocol ends at once', async () => {
    await using bed = await clientBed((_request, response) => {
      response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n');
    });
    expect(String(await failure(bed.client.get(configMaps, key, { signal })))).toContain('the connection was closed without an answer');
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
    await using bed = await clientBed(({ connection }, response) => {
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
    await using bed = await clientBed(() => undefined);
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
