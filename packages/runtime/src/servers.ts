import fastify from 'fastify';
import type { Registry } from 'prom-client';
import { parseAddress } from './address.ts';

export interface RunningServer extends AsyncDisposable {
  /** Where it listens, with the port that it got. */
  readonly url: string;
}

/** `/metrics` in the text format of Prometheus. */
export async function serveMetrics(address: string, registry: Registry): Promise<RunningServer> {
  const server = fastify({ forceCloseConnections: true });
  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  return listen(server, address);
}

export interface Probes {
  /** Why this process is not ready; undefined when it is. */
  notReady(): Promise<string | undefined>;
}

/** `/healthz`: the event loop turns. `/readyz`: caches are synced, the API server answers, services are up. */
export async function serveProbes(address: string, probes: Probes): Promise<RunningServer> {
  const server = fastify({ forceCloseConnections: true });
  server.get('/healthz', async () => 'ok');
  server.get('/readyz', async (_request, reply) => {
    const why = await probes.notReady();
    return why === undefined ? 'ok' : reply.code(503).send(why);
  });
  return listen(server, address);
}

async function listen(server: ReturnType<typeof fastify>, address: string): Promise<RunningServer> {
  const { host, port } = parseAddress(address);
  const url = await (host === '' ? listenEverywhere(server, port) : server.listen({ host, port }));
  return { url, [Symbol.asyncDispose]: () => server.close() };
}

/** Every address of both families; of IPv4 alone where the machine has no other. */
async function listenEverywhere(server: ReturnType<typeof fastify>, port: number): Promise<string> {
  try {
    return await server.listen({ host: '::', port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') throw error;
    return server.listen({ host: '0.0.0.0', port });
  }
}
