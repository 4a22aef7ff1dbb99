import { networkInterfaces } from 'node:os';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type LogLine, recordingLog } from '../../test/recording.ts';
import { createLogLevel, type LogLevel } from '../log/log-level.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { isLoopback } from './log-level-route.ts';
import { serveMetrics, serveProbes } from './servers.ts';

async function health(level: LogLevel = 'info', address = '127.0.0.1:0') {
  const lines: LogLine[] = [];
  const levels = createLogLevel(level);
  const says: { notReady?: string; notAlive?: string } = {};
  const server = await serveProbes(address, {
    notReady: () => Promise.resolve(says.notReady),
    notAlive: () => says.notAlive,
    log: recordingLog(lines),
    levels,
  });
  const put = (body: string, headers: Record<string, string> = {}) => fetch(`${server.url}/log-level`, { method: 'PUT', body, headers });
  return { ...server, levels, lines, says, put, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const answer = async (url: string) => {
  const response = await fetch(url);
  return [response.status, await response.text()];
};

test('a probe that fails says why', async () => {
  await using server = await health();
  expect(await answer(`${server.url}/healthz`)).toEqual([200, 'ok']);
  expect(await answer(`${server.url}/readyz`)).toEqual([200, 'ok']);
  server.says.notReady = 'caches have not synced: Widget';
  server.says.notAlive = 'the event loop was blocked for 41 s';
  expect(await answer(`${server.url}/readyz`)).toEqual([503, 'caches have not synced: Widget']);
  expect(await answer(`${server.url}/healthz`)).toEqual([503, 'the event loop was blocked for 41 s']);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json'])(
  'the log level is changed by a word, sent as %s',
  async (type) => {
    await using server = await health();
    expect((await server.put('debug\n', { 'content-type': type, 'user-agent': 'curl/8' })).status).toBe(200);
    expect(server.levels.level).toBe('debug');
    expect(await answer(`${server.url}/log-level`)).toEqual([200, 'debug\n']);
    expect(server.lines).toEqual([
      {
        level: 'info',
        message: 'log level changed',
        fields: { from: 'info', to: 'debug', peer: expect.stringContaining('127.0.0.1'), userAgent: 'curl/8' },
      },
    ]);
  },
);

test.each([
  ['debug', 'error', 'debug'],
  ['error', 'info', 'info'],
] as const)('a change from %s to %s is told of while the log takes it', async (from, to, during) => {
  await using server = await health(from);
  const heard: LogLevel[] = [];
  const push = server.lines.push.bind(server.lines);
  server.lines.push = (...lines) => {
    heard.push(server.levels.level);
    return push(...lines);
  };
  await server.put(to);
  expect([heard, server.levels.level]).toEqual([[during], to]);
});

test.each(['', 'loud', 'toString', 'debug info', 'x'.repeat(65)])('%j is no level, and changes nothing', async (body) => {
  await using server = await health();
  expect((await server.put(body)).status).toBeOneOf([400, 413]);
  expect([server.levels.level, server.lines]).toEqual(['info', []]);
});

test('whoever comes over the network sees and changes nothing', async () => {
  const outside = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  await using server = await health('info', ':0');
  const { port } = new URL(server.url);
  // A machine without a network has only itself to ask: there, what is tested is the rule alone.
  const url = `http://${outside?.address ?? '127.0.0.1'}:${port}/log-level`;
  const statuses = [(await fetch(url)).status, (await fetch(url, { method: 'PUT', body: 'debug' })).status];
  expect(statuses).toEqual(outside === undefined ? [200, 200] : [403, 403]);
  expect(server.levels.level).toBe(outside === undefined ? 'debug' : 'info');
});

test.each(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-proto', 'x-real-ip', 'l5d-client-id'])(
  'what was forwarded (%s) comes from elsewhere',
  async (header) => {
    await using server = await health();
    expect((await server.put('debug', { [header]: '127.0.0.1' })).status).toBe(403);
    expect(server.levels.level).toBe('info');
  },
);

test.each([
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['127.0.0.1.example.dev', false],
  ['fe80::1', false],
  [undefined, false],
])('%s is this machine: %s', (address, expected) => {
  expect(isLoopback(address)).toBe(expected);
});

test('metrics come as text, compressed for those who take it so', async () => {
  const metrics = createMetrics();
  await using server = await serveMetrics('127.0.0.1:0', metrics);
  const plain = await fetch(`${server.url}/metrics`, { headers: { 'accept-encoding': 'identity' } });
  expect(plain.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await plain.text()).toMatch(/^process_cpu_seconds_total /m);
  const { request } = await import('undici');
  const { headers, body } = await request(`${server.url}/metrics`, { headers: { 'accept-encoding': 'gzip' } });
  expect(headers['content-encoding']).toBe('gzip');
  expect(gunzipSync(await body.arrayBuffer()).toString()).toMatch(/^go_memstats_alloc_bytes \d+$/m);
});

/** A text that never ends. */
function endlessText() {
  const closed = Promise.withResolvers<void>();
  async function* endless() {
    try {
      for (;;) {
        yield 'x'.repeat(100_000);
        await new Promise((resolve) => setImmediate(resolve));
      }
    } finally {
      closed.resolve();
    }
  }
  return { endless, closed };
}

test('scrapers that never come to an end are eight at most, and others are served again when they have gone', async () => {
  const { endless } = endlessText();
  const { registry } = createMetrics();
  await using server = await serveMetrics('127.0.0.1:0', { registry, expose: endless });
  const hangUp = new AbortController();
  const scrape = (signal?: AbortSignal) =>
    fetch(`${server.url}/metrics`, signal === undefined ? {} : { signal }).then(({ status }) => status);
  expect(new Set(await Promise.all(Array.from({ length: 8 }, () => scrape(hangUp.signal))))).toEqual(new Set([200]));
  expect(await scrape()).toBe(503);
  hangUp.abort();
  await expect.poll(() => scrape(AbortSignal.timeout(5_000)), { timeout: 5_000 }).toBe(200);
});

test('a scraper that hangs up in the middle leaves nothing behind', async () => {
  const { endless, closed } = endlessText();
  const { registry } = createMetrics();
  await using server = await serveMetrics('127.0.0.1:0', { registry, expose: endless });
  const hangUp = new AbortController();
  const response = await fetch(`${server.url}/metrics`, { signal: hangUp.signal });
  expect(response.status).toBe(200);
  hangUp.abort();
  await closed.promise;
});
