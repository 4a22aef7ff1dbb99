import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { expect, inject, test } from 'vitest';
import { createInformer } from '../src/informer/create-informer.ts';
import { createKubeClient } from '../src/kube-client.ts';
import { loadConnection } from '../src/kubeconfig/kubeconfig.ts';
import { cluster, configMaps } from './cluster.ts';

const within = { timeout: 20_000 };

/** Between client and server; holds back everything when it is told to, and keeps the connections open. */
async function freezer(server: string) {
  const { hostname, port } = new URL(server);
  const sockets = new Set<Socket>();
  let connections = 0;
  const listener = createServer((inside) => {
    const outside = connect(Number(port), hostname);
    connections += 1;
    for (const socket of [inside, outside]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    inside.pipe(outside).pipe(inside);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    url: `https://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    /** Those that are open now go silent for ever. */
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

test('an informer starts with one request', async () => {
  await using bed = await cluster();
  const { namespace, signal } = bed;
  await bed.client.create(configMaps, bed.configMap('a'), { signal });
  const requests: string[] = [];
  const connection = await loadConnection({ kubeconfigPath: inject('kubeconfigPath') });
  const client = createKubeClient({ connection, userAgent: 'kube-test/1', onRequest: ({ verb }) => requests.push(verb) });
  const stop = new AbortController();
  const informer = createInformer({ client, resource: configMaps, namespace });
  const running = informer.run(stop.signal);
  await informer.whenSynced(signal);
  expect(informer.get({ namespace, name: 'a' })).toBeDefined();
  await bed.client.create(configMaps, bed.configMap('b'), { signal });
  await expect.poll(() => informer.get({ namespace, name: 'b' }), within).toBeDefined();
  expect(requests).toEqual(['watch']);
  stop.abort();
  await running;
  await client.close();
});

test('what changed while a watch was silent is delivered once that is noticed', async () => {
  await using bed = await cluster();
  const { namespace, signal } = bed;
  const connection = await loadConnection({ kubeconfigPath: inject('kubeconfigPath') });
  await using proxy = await freezer(connection.server);
  const client = createKubeClient({ connection: { ...connection, server: proxy.url }, userAgent: 'kube-test/1' });
  const stop = new AbortController();
  const errors: string[] = [];
  const informer = createInformer({
    client,
    resource: configMaps,
    namespace,
    stalledAfterMs: 2_000,
    onError: (error) => errors.push(String(error)),
  });
  const seen: string[] = [];
  informer.subscribe(({ kind, object: { metadata } }) => {
    // The cluster gives it to every namespace, in its own time.
    if (metadata.name !== 'kube-root-ca.crt') seen.push(`${kind} ${metadata.name}`);
  });
  const running = informer.run(stop.signal);
  await bed.client.create(configMaps, bed.configMap('lost'), { signal });
  await expect.poll(() => seen, within).toContain('added lost');
  seen.length = 0;
  proxy.freeze();
  await bed.client.create(configMaps, bed.configMap('meanwhile'), { signal });
  await bed.client.delete(configMaps, { namespace, name: 'lost' }, { signal });
  await expect.poll(() => seen, within).toEqual(['added meanwhile', 'deleted lost']);
  expect(errors).toEqual(['ConnectionError: watch of configmaps was silent for 2 s']);
  stop.abort();
  await running;
  await client.close();
});
