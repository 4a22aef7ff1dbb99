import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Resource, Unstructured } from '@gotk/apimachinery';
import { ApiError, ConnectionError, createKubeClient, type WatchEvent } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { describe, expect, test } from 'vitest';
import { issueServingCertificate } from '../certificates/authority.ts';
import { startFaultProxy } from './fault-proxy.ts';

const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const key = { namespace: 'a', name: 'web' };
const within = () => AbortSignal.timeout(10_000);
const patiently = { timeout: 10_000, interval: 10 };

const configMap = (resourceVersion: number, name = 'web'): Unstructured => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'a', name, uid: 'u1', resourceVersion: String(resourceVersion) },
});

/** A server that answers as an API server would, with a resourceVersion that every write moves on, and a proxy before it. */
async function bed({ timeoutMs = 10_000 } = {}) {
  const stack = new AsyncDisposableStack();
  const { ca, cert, key: serverKey } = issueServingCertificate(['127.0.0.1']);
  const seen: string[] = [];
  const watchers = new Set<ServerResponse>();
  let version = 1;
  const server = createServer({ cert, key: serverKey }, (request, response) => {
    seen.push(`${request.method} ${request.headers.authorization}`);
    request.resume();
    response.setHeader('content-type', 'application/json');
    if (request.url?.includes('watch=true')) {
      response.flushHeaders();
      return watchers.add(response);
    }
    if (request.method !== 'GET') version += 1;
    const object = configMap(version);
    if (request.url?.includes('/web')) return response.end(JSON.stringify(object));
    return response.end(JSON.stringify({ kind: 'ConfigMapList', metadata: { resourceVersion: String(version) }, items: [object] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy = stack.use(await startFaultProxy({ connection: { server: url, ca, token: async () => 'secret' } }));
  const connection = await loadConnection({ kubeconfigPath: proxy.kubeconfigPath });
  const client = createKubeClient({ connection, userAgent: 'me/1', timeoutMs });
  stack.defer(() => client.close());
  const events: string[] = [];
  return {
    proxy,
    client,
    seen,
    events,
    get: () => client.get(configMaps, key, { signal: within() }),
    list: () => client.list(configMaps, { namespace: 'a', signal: within() }),
    apply: () => client.apply(configMaps, configMap(0), { fieldManager: 'me', force: true, signal: within() }),
    /** Resolves when the watch is open; `events` gets what comes, and how it ends. */
    async watch() {
      const opened = watchers.size + 1;
      void (async () => {
        try {
          const stream: AsyncIterable<WatchEvent<Unstructured>> = client.watch(configMaps, { resourceVersion: '1', signal: within() });
          for await (const event of stream) events.push(event.type === 'BOOKMARK' ? event.type : event.object.metadata.name);
          events.push('ended');
        } catch (error) {
          events.push(
            error instanceof ApiError ? `refused ${error.status}` : error instanceof ConnectionError ? error.name : String(error),
          );
        }
      })();
      await expect.poll(() => [watchers.size, proxy.openWatches() > 0], patiently).toEqual([opened, true]);
    },
    send(name: string, type = 'ADDED') {
      for (const watcher of watchers) watcher.write(`${JSON.stringify({ type, object: configMap(1, name) })}\n`);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test('without a fault requests pass unchanged, with the token of who asks, and are in the trace', async () => {
  await using it = await bed();
  await it.apply();
  expect((await it.list()).items).toMatchObject([configMap(2)]);
  await it.client.delete(configMaps, key, { uid: 'u1', signal: within() });
  expect(it.seen).toEqual(['PATCH Bearer secret', 'GET Bearer secret', 'DELETE Bearer secret']);
  const common = { namespace: 'a', resource: 'configmaps', status: 200, forwarded: true, userAgent: 'me/1', dryRun: false };
  expect(it.proxy.trace.records).toMatchObject([
    { ...common, verb: 'apply', name: 'web', object: { name: 'web', uid: 'u1', resourceVersion: '2' } },
    { ...common, verb: 'list', name: '' },
    { ...common, verb: 'delete', name: 'web', preconditions: { uid: 'u1' } },
  ]);
  expect(it.proxy.trace.records[0]?.fault).toBeUndefined();
});

describe('a call', () => {
  test('is answered in the place of the server', async () => {
    await using it = await bed();
    using fault = it.proxy.inject({ name: 'storm', action: { kind: 'answer', status: 409 }, calls: ({ overall }) => overall === 1 });
    await expect(it.apply()).rejects.toMatchObject({ status: 409, reason: 'Conflict' });
    await it.apply();
    expect(fault.hits).toBe(1);
    expect(it.seen).toHaveLength(1);
    expect(it.proxy.trace.records).toMatchObject([
      { status: 409, forwarded: false, fault: 'storm' },
      { status: 200, forwarded: true },
    ]);
  });

  test('is told when to come back', async () => {
    await using it = await bed();
    using _fault = it.proxy.inject({ name: 'busy', action: { kind: 'answer', status: 429, retryAfterSeconds: 30, message: 'later' } });
    await expect(it.get()).rejects.toMatchObject({ status: 429, retryAfterMs: 30_000, message: 'later' });
  });

  test('is the last thing that its client did, before the server hears of it, after, or with half of the answer', async () => {
    await using it = await bed();
    for (const when of ['before', 'after', 'half-way'] as const) {
      const client = new AbortController();
      using _fault = it.proxy.inject({ name: 'death', action: { kind: 'end-client', when, end: () => client.abort() } });
      await expect(it.client.get(configMaps, key, { signal: client.signal })).rejects.toThrow();
      expect(it.seen).toHaveLength(['before', 'after', 'half-way'].indexOf(when));
    }
    expect(it.proxy.trace.records).toMatchObject([
      { status: 0, forwarded: false, fault: 'death' },
      { status: 0, forwarded: true, fault: 'death' },
      { status: 0, forwarded: true, fault: 'death' },
    ]);
  });

  test('is cut off before the server hears of it, or after', async () => {
    await using it = await bed();
    {
      using _fault = it.proxy.inject({ name: 'reset', action: { kind: 'reset' } });
      await expect(it.apply()).rejects.toThrow(ConnectionError);
      expect(it.seen).toEqual([]);
    }
    using _fault = it.proxy.inject({ name: 'lost', action: { kind: 'lose-response' } });
    await expect(it.apply()).rejects.toThrow(ConnectionError);
    expect(it.seen).toEqual(['PATCH Bearer secret']);
    expect(it.proxy.trace.records).toMatchObject([
      { status: 0, forwarded: false },
      { status: 0, forwarded: true, object: { resourceVersion: '2' } },
    ]);
  });

  test.each(['reset', 'half-close'] as const)('is answered by half a body and a %s', async (ending) => {
    await using it = await bed();
    using _fault = it.proxy.inject({ name: 'half', action: { kind: 'truncate', afterBytes: 20, ending } });
    await expect(it.get()).rejects.toThrow(ConnectionError);
  });

  test('is never answered', async () => {
    await using it = await bed({ timeoutMs: 1_000 });
    using _fault = it.proxy.inject({ name: 'hole', action: { kind: 'black-hole' } });
    await expect(it.get()).rejects.toThrow('no answer within 1000 ms');
    expect(it.seen).toEqual([]);
  });

  test('is answered late', async () => {
    await using it = await bed();
    using _fault = it.proxy.inject({ name: 'slow', action: { kind: 'delay', ms: 100 } });
    const began = performance.now();
    await it.get();
    expect(performance.now() - began).toBeGreaterThan(95);
  });

  test('is answered as the first one was, as long as the server is frozen', async () => {
    await using it = await bed();
    const fault = it.proxy.inject({ name: 'frozen', verbs: ['list'], action: { kind: 'freeze' } });
    const versions = [(await it.list()).resourceVersion];
    await it.apply();
    versions.push((await it.list()).resourceVersion);
    fault[Symbol.dispose]();
    versions.push((await it.list()).resourceVersion);
    expect(versions).toEqual(['1', '1', '2']);
  });
});

describe('a watch', () => {
  test('is held while a new one is free, and then goes on where it was', async () => {
    await using it = await bed();
    await it.watch();
    it.send('a');
    await expect.poll(() => it.events, patiently).toEqual(['a']);
    const hold = it.proxy.holdWatches({ events: 'queue', watches: 'open' });
    it.send('b');
    await it.watch();
    it.send('c');
    await expect.poll(() => it.events, patiently).toEqual(['a', 'c']);
    expect(hold.held).toBe(1);
    hold[Symbol.dispose]();
    await expect.poll(() => it.events, patiently).toEqual(['a', 'c', 'b', 'c']);
  });

  test('loses its bookmarks', async () => {
    await using it = await bed();
    await it.watch();
    using _hold = it.proxy.holdWatches({ events: 'bookmarks', watches: 'all' });
    it.send('', 'BOOKMARK');
    it.send('a');
    await expect.poll(() => it.events, patiently).toEqual(['a']);
  });

  test('gets what its server never sent', async () => {
    await using it = await bed();
    await it.watch();
    it.send('a');
    await expect.poll(() => it.events, patiently).toEqual(['a']);
    expect(it.proxy.intrude('duplicate')).toBe(1);
    await expect.poll(() => it.events, patiently).toEqual(['a', 'a']);
    expect(it.proxy.intrude('garbage', { resources: ['secrets'] })).toBe(0);
    it.proxy.intrude('garbage');
    await expect.poll(() => it.events.at(-1), patiently).toBe('ProtocolError');
    await expect.poll(() => it.proxy.openWatches(), patiently).toBe(0);
  });

  test('is broken off in the middle of an event, or whenever it is told to', async () => {
    await using it = await bed();
    using _fault = it.proxy.inject({ name: 'half', verbs: ['watch'], action: { kind: 'truncate', afterBytes: 10, ending: 'half-close' } });
    await it.watch();
    it.send('a');
    await expect.poll(() => it.events, patiently).toHaveLength(1);
    await it.watch();
    expect(it.proxy.breakWatches()).toBe(1);
    await expect.poll(() => it.events, patiently).toEqual([expect.stringMatching(/Error$/), 'ConnectionError']);
  });
});

test('connections are reset all at once, or one after the other at random', async () => {
  await using it = await bed();
  await it.watch();
  expect(it.proxy.resetConnections()).toBeGreaterThan(0);
  await expect.poll(() => it.events, patiently).toEqual(['ConnectionError']);
  using cutting = it.proxy.resetAtRandom({ everyMs: 5 });
  await expect
    .poll(async () => {
      await it.get().catch(() => undefined);
      return cutting.cut;
    }, patiently)
    .toBeGreaterThan(2);
});
