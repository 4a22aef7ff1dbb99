import fastify from 'fastify';
import type { Registry } from 'prom-client';

/** A host and port as Go writes it: `:8080`, `127.0.0.1:0`. */
export function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const colon = text.lastIndexOf(':');
  const port = Number(text.slice(colon + 1));
  if (colon < 0 || text.slice(colon + 1) === '' || !Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`'${text}' is not an address like ':8080'`);
  const host = text.slice(0, colon).replace(/^\[(.*)\]$/, '$1');
  return { host: host === '' ? '::' : host, port };
}

export interface RunningServer extends AsyncDisposable {
  /** Where it listens, with the port it was given. */
  readonly url: string;
}

/** `/metrics` in the text format of Prometheus. */
export async function serveMetrics(address: string, registry: Registry): Promise<RunningServer> {
  const server = fastify();
  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  return listen(server, address);
}

export interface Probes {
  /** Why this process is not ready; undefined when it is. */
  readonly notReady: () => string | undefined;
}

/** `/healthz`: the event loop turns. `/readyz`: caches are synced, the API server answers, services are up. */
export async function serveProbes(address: string, { notReady }: Probes): Promise<RunningServer> {
  const server = fastify();
  server.get('/healthz', async () => 'ok');
  server.get('/readyz', async (_request, reply) => {
    const why = notReady();
    return why === undefined ? 'ok' : reply.code(503).send(why);
  });
  return listen(server, address);
}

async function listen(server: ReturnType<typeof fastify>, address: string): Promise<RunningServer> {
  const { host, port } = parseAddress(address);
  const url = await server.listen({ host, port });
  return { url, [Symbol.asyncDispose]: () => server.close() };
}
