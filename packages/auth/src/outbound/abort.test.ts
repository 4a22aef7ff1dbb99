import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { clientOf, failureOf, get } from '../../test/asking.ts';
import { startHttpServer, startRawServer, until } from '../../test/servers.ts';

describe('an abort', () => {
  const reason = new Error('newer intent');

  test('before the request sends none', async () => {
    await using server = await startHttpServer((_, response) => response.end('x'));

    expect(await failureOf(server.url, { signal: AbortSignal.abort(reason) })).toBe(reason);
    expect(server.connections).toBe(0);
  });

  test.each([
    ['while the server thinks', () => startRawServer((socket) => void socket.resume())],
    ['while the body drips', () => startHttpServer((_, response) => void response.write('x'))],
  ])('%s ends the request with its reason and closes the connection', async (_, start) => {
    await using server = await start();
    const controller = new AbortController();
    const failure = failureOf(server.url, { signal: controller.signal });
    await until(() => server.open === 1);

    controller.abort(reason);

    expect(await failure).toBe(reason);
    await until(() => server.open === 0);
  });

  test('while it waits for its turn ends the request, and the turn goes to the next', async () => {
    await using server = await startHttpServer((_, response) => void response.write('x'));
    using client = clientOf({ connections: 1 });
    const first = await get(client, server.url);
    const controller = new AbortController();
    const second = get(client, server.url, { signal: controller.signal }).catch((error: unknown) => error);
    const third = get(client, server.url);

    controller.abort(reason);
    expect(await second).toBe(reason);
    first.discard();

    (await third).discard();
  });

  test('between answer and body ends the body with its reason', async () => {
    await using server = await startHttpServer((_, response) => response.end('x'.repeat(1_000)));
    using client = clientOf();
    const controller = new AbortController();
    const answer = await get(client, server.url, { signal: controller.signal });

    controller.abort(reason);

    await expect(answer.bytes()).rejects.toBe(reason);
    await until(() => server.open === 0);
  });

  test('within a body that is unpacked ends it with its reason', async () => {
    await using server = await startHttpServer((_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.write(gzipSync(randomBytes(1_000_000)).subarray(0, 500_000));
    });
    using client = clientOf();
    const controller = new AbortController();
    const answer = await get(client, server.url, { compressed: true, signal: controller.signal });

    const chunks = answer.body[Symbol.asyncIterator]();
    await chunks.next();
    controller.abort(reason);

    await expect(drained(chunks)).rejects.toBe(reason);
    await until(() => server.open === 0);
  });

  test('after the answer was read changes nothing, and the connection is used again', async () => {
    await using server = await startHttpServer((_, response) => response.end('x'));
    using client = clientOf();
    const controller = new AbortController();
    await (await get(client, server.url, { signal: controller.signal })).bytes();

    controller.abort(reason);

    expect((await (await get(client, server.url)).bytes()).toString()).toBe('x');
    expect(server.connections).toBe(1);
  });
});

async function drained(chunks: AsyncIterator<Buffer>): Promise<void> {
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next());
}
