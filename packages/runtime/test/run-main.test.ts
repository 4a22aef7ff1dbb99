import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { expect, inject, test } from 'vitest';
import { runMain } from '../src/program/run-main.ts';
import { cluster } from './cluster.ts';
import type { Widget } from './widget.ts';

const within = { timeout: 15_000, interval: 50 };

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Sent {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly { readonly name: string }[] }[] }[];
}

test('a program reads its flags and its environment, reconciles, is traced and told to say more, and ends with 0 at SIGTERM', async () => {
  await using bed = await cluster();
  const spans = new Set<string>();
  const collector = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString()) as Sent;
    for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) for (const { name } of scope.spans) spans.add(name);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const [health, metrics] = [await freePort(), await freePort()];
  const process = Object.assign(new EventEmitter(), {
    argv: [
      ...['node', 'main.js', '--log-level=error', '--watch-all-namespaces=false', '--kube-api-qps=-1'],
      ...[`--health-addr=127.0.0.1:${health}`, `--metrics-addr=127.0.0.1:${metrics}`],
    ],
    env: {
      KUBECONFIG: inject('kubeconfigPath'),
      RUNTIME_NAMESPACE: bed.namespace,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
    version: 'v24',
    exit: () => undefined,
  });
  const code = runMain(
    {
      name: 'widget-controller',
      version: '1.0.0',
      flags: {},
      setup(manager) {
        manager.add<Widget>({
          name: 'widget',
          resource: bed.widgets,
          triggers: [],
          concurrency: 1,
          reconcile: (_widget, { span }) => span.run('build', () => Promise.resolve({ reason: 'Succeeded', message: 'done' })),
          finalize: () => Promise.resolve(),
        });
      },
    },
    process as unknown as NodeJS.Process,
  );
  try {
    const url = `http://127.0.0.1:${health}`;
    const get = (path: string) => fetch(`${url}${path}`).then((answer) => answer.text(), String);
    await expect.poll(() => get('/readyz'), within).toBe('ok');
    expect(await get('/log-level')).toBe('error\n');
    expect((await fetch(`${url}/log-level`, { method: 'PUT', body: 'info' })).status).toBe(200);
    expect(await get('/log-level')).toBe('info\n');

    await bed.createWidget('web');
    await expect.poll(() => [...spans].sort(), within).toEqual(['build', 'patch widgets', 'reconcile Widget']);
    expect(await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text()).toMatch(
      /^rest_client_requests_total\{code="200",method="PATCH"/m,
    );
  } finally {
    process.emit('SIGTERM', 'SIGTERM');
    expect(await code).toBe(0);
    collector.closeAllConnections();
    collector.close();
  }
});
