import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '@gotk/apimachinery';
import type { ClusterConnection } from './connection.ts';

export interface LoadOptions {
  /** A kubeconfig file; absent: the pod's service account if there is one, else `~/.kube/config`. */
  readonly kubeconfigPath?: string | undefined;
  readonly clock?: Clock;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** Projected tokens live for an hour and are rotated well before: reading them again once a minute is always soon enough. */
const TOKEN_TTL_MS = 60_000;

/**
 * How this process reaches its API server: `KUBECONFIG`, then the pod's service account, then `~/.kube/config`.
 * Throws an error that names the file and what is wrong with it.
 */
export async function loadConnection({ kubeconfigPath, clock = systemClock }: LoadOptions): Promise<ClusterConnection> {
  if (kubeconfigPath !== undefined && kubeconfigPath !== '') return fromFile(kubeconfigPath, clock);
  return (await inCluster(clock)) ?? fromFile(join(homedir(), '.kube', 'config'), clock);
}

async function inCluster(clock: Clock): Promise<ClusterConnection | undefined> {
  // biome-ignore lint/style/noProcessEnv: these two variables are the in-cluster protocol itself.
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (host === undefined || port === undefined) return undefined;
  const ca = await readFile(join(SERVICE_ACCOUNT, 'ca.crt'), 'utf8');
  return {
    server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
    ca,
    token: cached(() => readFile(join(SERVICE_ACCOUNT, 'token'), 'utf8'), clock),
  };
}

async function fromFile(path: string, clock: Clock): Promise<ClusterConnection> {
  // Loaded here and not above: the library costs more memory than the rest of a controller, and a pod never needs it.
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  try {
    config.loadFromFile(path);
  } catch (error) {
    throw new Error(`failed to read kubeconfig '${path}': ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`kubeconfig '${path}' has no current context with a cluster`);
  const login = async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    return options;
  };
  const options = await login();
  const pem = (value: unknown) => (value === undefined ? undefined : Buffer.isBuffer(value) ? value.toString('utf8') : String(value));
  const [ca, cert, key] = [pem(options.ca), pem(options.cert), pem(options.key)];
  return {
    server: cluster.server,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { clientCertificate: { cert, key } }),
    ...(cluster.skipTLSVerify ? { insecureSkipTlsVerify: true } : {}),
    ...(cluster.tlsServerName === undefined ? {} : { tlsServerName: cluster.tlsServerName }),
    // Exec plugins and OIDC renew their token themselves when they are asked again.
    token: cached(async () => bearerOf(await login()), clock),
  };
}

function bearerOf({ headers }: RequestOptions): string | undefined {
  const authorization = (headers as Readonly<Record<string, unknown>> | undefined)?.Authorization;
  return typeof authorization === 'string' && authorization.startsWith('Bearer ') ? authorization.slice('Bearer '.length) : undefined;
}

function cached(read: () => Promise<string | undefined>, clock: Clock): NonNullable<ClusterConnection['token']> {
  let held: { readonly token: Promise<string | undefined>; readonly untilMs: number } | undefined;
  return ({ fresh } = { fresh: false }) => {
    const now = clock.monotonic();
    if (fresh || held === undefined || held.untilMs <= now) {
      const token = read().then((text) => text?.trim());
      // A failed read is not remembered: the next request tries again.
      token.catch(() => {
        held = undefined;
      });
      held = { token, untilMs: now + TOKEN_TTL_MS };
    }
    return held.token;
  };
}
