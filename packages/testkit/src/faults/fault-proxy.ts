import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '@gotk/apimachinery/seeded-random';
import type { ClusterConnection } from '@gotk/kube';
import { issueServingCertificate } from '../certificates/authority.ts';
import { renderKubeconfig } from '../control-plane/kubeconfig.ts';
import { trackConnections } from './client-connections.ts';
import { type ActiveFault, createFaultRules, type Fault, type Match, matches } from './fault-rules.ts';
import { createRelay, type OpenWatch } from './relay.ts';
import { createRequestTrace, type RequestTrace } from './request-trace.ts';
import { createUpstream } from './upstream.ts';
import type { Holding, Intrusion } from './watch-pipe.ts';

export interface FaultProxyOptions {
  /** The real API server. */
  readonly connection: ClusterConnection;
  /** Equal seeds meet equal requests with equal faults. Default: 1. */
  readonly seed?: number;
}

export interface HoldOptions extends Match {
  readonly events: Holding;
  /** `open`: those that are open now, as when their path through the network has died; a new one is free. `all`: later ones as well. */
  readonly watches: 'open' | 'all';
}

/** A hold on watches. Disposing lets go: what was queued is sent, in order. */
export interface Hold extends Disposable {
  /** How many of the watches held are open. */
  readonly held: number;
}

/**
 * An API server as a client sees it on a bad day: a proxy on loopback before the real one, with faults that are added and taken away while
 * it runs. Requests pass unchanged but for the faults; who authenticates is the client, with its token.
 */
export interface FaultProxy extends AsyncDisposable {
  readonly server: string;
  readonly connection: ClusterConnection;
  /** A file with one context, that of the proxy and the real server's token. */
  readonly kubeconfigPath: string;
  readonly trace: RequestTrace;
  inject(fault: Fault): ActiveFault;
  holdWatches(options: HoldOptions): Hold;
  /** Puts something into each matching open watch, after the event that it is at, held or not. Returns how many watches took it. */
  intrude(what: Intrusion, match?: Match): number;
  /** Resets the connections of matching open watches, as many as it returns. */
  breakWatches(match?: Match): number;
  openWatches(match?: Match): number;
  /** Resets every connection there is now, and returns how many. */
  resetConnections(): number;
  /** The raw mode: resets a connection at random after each `everyMs`, whatever it carries at that moment. */
  resetAtRandom(options: { readonly everyMs: number }): Disposable & { readonly cut: number };
}

export async function startFaultProxy({ connection, seed = 1 }: FaultProxyOptions): Promise<FaultProxy> {
  const random = seededRandom(seed);
  const { ca, cert, key } = issueServingCertificate(['127.0.0.1']);
  const trace = createRequestTrace();
  const rules = createFaultRules(random);
  const upstream = createUpstream(connection);
  // Idle connections are the client's to close: a proxy that closes one as a request comes would be a fault that nobody asked for.
  const server = createServer({ cert, key, keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
  const connections = trackConnections(server, random);
  const holds = new Set<HoldOptions & { readonly present: ReadonlySet<OpenWatch> }>();
  const watches = new Set<OpenWatch>();

  const holdingOf = (watch: OpenWatch): Holding | undefined => {
    for (const hold of holds) if (matches(hold, watch.request) && (hold.watches === 'all' || hold.present.has(watch))) return hold.events;
    return undefined;
  };
  const matching = (match: Match = {}) => [...watches].filter((watch) => matches(match, watch.request));
  server.on('request', createRelay({ rules, trace, upstream, watches, holdingOf, reset: (socket) => connections.reset(socket) }));
  server.on('tlsClientError', () => undefined);
  server.on('clientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const { port } = server.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}`;
  const directory = await mkdtemp(join(tmpdir(), 'gotk-fault-proxy-'));
  const kubeconfigPath = join(directory, 'kubeconfig');
  const token = (await connection.token?.()) ?? '';
  await writeFile(kubeconfigPath, renderKubeconfig({ server: url, ca, token }), { mode: 0o600 });

  return {
    server: url,
    connection: { server: url, ca, ...(connection.token === undefined ? {} : { token: connection.token }) },
    kubeconfigPath,
    trace,
    inject: (fault) => rules.add(fault),
    holdWatches(options) {
      const hold = { ...options, present: new Set(matching(options)) };
      holds.add(hold);
      return {
        get held() {
          return matching(options).filter((watch) => options.watches === 'all' || hold.present.has(watch)).length;
        },
        [Symbol.dispose]: () => {
          holds.delete(hold);
          for (const { pipe } of watches) pipe.release();
        },
      };
    },
    intrude: (what, match) => matching(match).filter(({ pipe }) => pipe.intrude(what)).length,
    breakWatches(match) {
      const broken = matching(match);
      for (const { socket } of broken) connections.reset(socket);
      return broken.length;
    },
    openWatches: (match) => matching(match).length,
    resetConnections: () => connections.resetAll(),
    resetAtRandom: (options) => connections.resetAtRandom(options),
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      connections.resetAll();
      upstream[Symbol.dispose]();
      await closed;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
