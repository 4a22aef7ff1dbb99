import type { ServerResponse } from 'node:http';
import type { Clock, Resource } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect } from 'vitest';
import type { ClusterConnection } from '../src/connection.ts';
import { createKubeClient, type KubeClientOptions } from '../src/kube-client.ts';
import type { RequestSeen } from '../src/transport/transport.ts';
import { certificates } from './certificates.ts';
import { type HttpsServer, httpsServer, json, type Received } from './https-server.ts';

export const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
export const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true };
export const key = { namespace: 'apps', name: 'web' };
export const web = { apiVersion: 'v1', kind: 'ConfigMap', metadata: key };
export const signal: AbortSignal = new AbortController().signal;

export type Answer = (request: Received, response: ServerResponse) => void | Promise<void>;
interface BedOptions extends Partial<KubeClientOptions> {
  readonly to?: Partial<ClusterConnection>;
}

/** A client and a server that answers as the test says. Pauses take no time; deadlines pass when the test moves the clock. */
export async function clientBed(answer: Answer, { to = {}, ...options }: BedOptions = {}) {
  const server = await httpsServer(answer);
  const clock = fakeClock();
  const pauses: number[] = [];
  const hasty: Clock = {
    ...clock,
    sleep(ms) {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
  const seen: RequestSeen[] = [];
  const client = createKubeClient({
    connection: { server: server.url, ca: certificates.ca, ...to },
    userAgent: 'test/1',
    clock: hasty,
    onRequest: (request) => seen.push(request),
    ...options,
  });
  return {
    server,
    clock,
    pauses,
    seen,
    client,
    async [Symbol.asyncDispose]() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

export const failure = (request: Promise<unknown>): Promise<unknown> => request.catch((error: unknown) => error);
export const ok: Answer = (_request, response) => json(response, web);
/** One answer after the other, and then the object. */
export const inTurn =
  (...answers: Answer[]): Answer =>
  (request, response) =>
    (answers.shift() ?? ok)(request, response);
export const refuse =
  (status: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(status, headers).end(JSON.stringify({ kind: 'Status', message: 'no', reason: 'Because' }));
export const received = (server: HttpsServer, count: number) => expect.poll(() => server.received.length, { timeout: 5_000 }).toBe(count);

export type ClientBed = Awaited<ReturnType<typeof clientBed>>;
