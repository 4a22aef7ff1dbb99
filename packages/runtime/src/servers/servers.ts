import { Readable, type Transform } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import type { Logger } from '../log/log.ts';
import type { LogLevelSwitch } from '../log/log-level.ts';
import type { RuntimeMetrics } from '../metrics/metrics.ts';
import { parseAddress } from '../program/address.ts';
import { addLogLevelRoute } from './log-level-route.ts';

export interface RunningServer extends AsyncDisposable {
  /** Where it listens, with the port that it got. */
  readonly url: string;
}

/** Whoever neither sends nor reads for so long has gone, or means no good. */
const limits = { connectionTimeout: 30_000, requestTimeout: 10_000, bodyLimit: 1_024 } as const;

/** Scrapes at once; beyond them there is no answer but 503. Each holds some megabytes until it has been read. */
const MAX_SCRAPES = 8;

/** `/metrics` in the text format of Prometheus, compressed for those who take it so, as Prometheus does: many objects are many megabytes of text. */
export async function serveMetrics(
  address: string,
  { registry, expose }: Pick<RuntimeMetrics, 'registry' | 'expose'>,
): Promise<RunningServer> {
  const server = fastify({ forceCloseConnections: true, ...limits });
  let scrapes = 0;
  server.get('/metrics', async (request, reply) => {
    if (scrapes >= MAX_SCRAPES) return reply.code(503).send('too many scrapes at once');
    scrapes += 1;
    reply.type(registry.contentType);
    const text = Readable.from(expose());
    text.once('close', () => {
      scrapes -= 1;
    });
    if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return reply.send(text);
    reply.header('content-encoding', 'gzip');
    return reply.send(compressed(text));
  });
  return listen(server, address);
}

function compressed(text: Readable): Transform {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  text.once('error', (error) => gzip.destroy(error));
  // A scraper that hangs up must not leave a text behind that nobody reads.
  gzip.once('close', () => text.destroy());
  return text.pipe(gzip);
}

export interface Probes {
  /** Why this process is not ready; undefined when it is. */
  notReady(): Promise<string | undefined>;
  /** Why this process should be replaced; undefined when it should not. */
  notAlive(): string | undefined;
}

export interface HealthServer extends Probes {
  readonly log: Logger;
  /** What `/log-level` changes; absent: there is no such path. */
  readonly levels?: LogLevelSwitch | undefined;
}

/** `/healthz`: the event loop turns. `/readyz`: caches are synced, the API server answers, services are up. Both say why, when they do not. */
export async function serveProbes(address: string, { notReady, notAlive, levels, log }: HealthServer): Promise<RunningServer> {
  const server = fastify({ forceCloseConnections: true, ...limits });
  for (const [path, why] of [
    ['/healthz', async () => notAlive()],
    ['/readyz', notReady],
  ] as const) {
    server.get(path, async (_request, reply) => {
      const reason = await why();
      return reason === undefined ? 'ok' : reply.code(503).send(reason);
    });
  }
  if (levels !== undefined) addLogLevelRoute(server, levels, log);
  return listen(server, address);
}

async function listen(server: FastifyInstance, address: string): Promise<RunningServer> {
  const { host, port } = parseAddress(address);
  const url = await (host === '' ? listenEverywhere(server, port) : server.listen({ host, port }));
  return { url, [Symbol.asyncDispose]: () => server.close() };
}

/** Every address of both families; of IPv4 alone where the machine has no other. */
async function listenEverywhere(server: FastifyInstance, port: number): Promise<string> {
  try {
    return await server.listen({ host: '::', port });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EAFNOSUPPORT' && code !== 'EADDRNOTAVAIL') throw error;
    return server.listen({ host: '0.0.0.0', port });
  }
}
