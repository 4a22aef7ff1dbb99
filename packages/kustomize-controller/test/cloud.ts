import { text } from 'node:stream/consumers';
import { createTokenCache, type TokenCacheMetrics } from '@gotk/auth';
import { ApiError } from '@gotk/kube';
import type { ServiceAccountReader } from '@gotk/runtime';
import { fakeClock, startScriptedServer } from '@gotk/testkit';
import type { ControllerMeans } from '../src/decryption/means.ts';

export interface CloudAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** All addresses of all clouds on one server: what is asked of `https://host/path` comes to `/https/host/path`. Answers may be changed. */
export async function startCloud(answers: Record<string, CloudAnswer>) {
  const asked: { readonly line: string; readonly body: string; readonly token: string | undefined }[] = [];
  const server = await startScriptedServer(async (request, response) => {
    const line = `${request.method} ${(request.url ?? '').replace(/^\/(https?)\//, '$1://')}`;
    const token = request.headers['x-vault-token'] ?? request.headers['x-amz-security-token'] ?? request.headers.authorization;
    asked.push({ line, body: await text(request), token: String(token) });
    const { status = 200, body } = answers[line] ?? { status: 404, body: { message: 'nobody here' } };
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  const clock = fakeClock();
  const events: string[] = [];
  const metrics: TokenCacheMetrics = {
    event: (type, { kind, namespace, name, operation }) => events.push(`${type} ${kind}/${namespace}/${name} ${operation}`),
    request: () => undefined,
    eviction: () => undefined,
    items: () => undefined,
  };
  const means = (variables: Readonly<Record<string, string>> = {}, files: Readonly<Record<string, string>> = {}): ControllerMeans => ({
    clock,
    reach: 'anywhere',
    environment: { variables, readFile: async (path) => files[path] ?? Promise.reject(new Error(`no ${path}`)) },
    cache: createTokenCache({ clock, metrics }),
    reroute: (url) => new URL(`/${url.protocol.slice(0, -1)}/${url.host}${url.pathname}${url.search}`, server.url),
  });
  return {
    url: server.url,
    answers,
    clock,
    events,
    means,
    asked,
    /** What was asked so far, and no longer is. */
    takeLines: () => asked.splice(0).map(({ line }) => line),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

type Accounts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A cluster with ServiceAccounts, by `namespace/name`, and ConfigMaps; tokens say whose and whom for. */
export function cluster(accounts: Accounts, configMaps: Accounts = {}) {
  const asked: string[] = [];
  const client = {
    async get({ kind }: { readonly kind: string }, { namespace, name }: { readonly namespace: string; readonly name: string }) {
      asked.push(`get ${kind} ${namespace}/${name}`);
      const found = (kind === 'ConfigMap' ? configMaps : accounts)[`${namespace}/${name}`];
      if (found === undefined) throw new ApiError('not found', { status: 404, reason: 'NotFound' });
      const metadata = { name, namespace, ...(kind === 'ConfigMap' ? {} : { annotations: found }) };
      return { apiVersion: 'v1', kind, metadata, data: found };
    },
    async create(_: unknown, object: { readonly metadata: { readonly namespace: string; readonly name: string }; readonly spec: object }) {
      const { metadata, spec } = object;
      const { audiences } = spec as { readonly audiences: readonly string[] };
      asked.push(`token ${metadata.namespace}/${metadata.name} ${audiences}`);
      return { ...object, status: { token: `CANARY-${metadata.namespace}-${metadata.name}` } };
    },
  };
  return { asked, client: client as unknown as ServiceAccountReader['client'] };
}
