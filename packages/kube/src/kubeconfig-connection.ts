import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock } from '@gotk/apimachinery';
import type { ClusterConnection } from './connection.ts';
import { type Entry, type Kubeconfig, mergeKubeconfigs, parseKubeconfig, textOf } from './kubeconfig-format.ts';
import { loginOf, pemOf } from './kubeconfig-login.ts';

export interface KubeconfigSource {
  /** Those that do not exist are passed over, as long as one does. */
  readonly paths: readonly string[];
  readonly context: string | undefined;
}

/** The connection that a kubeconfig describes. Throws an error that begins with the files' names. */
export async function kubeconfigConnection({ paths, context }: KubeconfigSource, clock: Clock): Promise<ClusterConnection> {
  try {
    const config = mergeKubeconfigs(await readAll(paths));
    return await connectionOf(config, context ?? config.currentContext, clock);
  } catch (error) {
    throw new Error(`failed to use kubeconfig '${paths.join("', '")}': ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

async function readAll(paths: readonly string[]): Promise<readonly Kubeconfig[]> {
  const configs: Kubeconfig[] = [];
  let missing: unknown = new Error('no path is given');
  for (const path of paths) {
    try {
      configs.push(parseKubeconfig(await readFile(path, 'utf8'), dirname(resolve(path))));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      missing = error;
    }
  }
  if (configs.length === 0) throw missing;
  return configs;
}

async function connectionOf(config: Kubeconfig, contextName: string | undefined, clock: Clock): Promise<ClusterConnection> {
  if (contextName === undefined) throw new Error('it has no current context');
  const { fields: context } = find(config, 'contexts', contextName);
  const cluster = find(config, 'clusters', textOf(context, 'cluster'));
  const user = find(config, 'users', textOf(context, 'user'));

  const server = textOf(cluster.fields, 'server');
  if (server === undefined || !URL.canParse(server)) throw new Error(`the server of context '${contextName}' is not a URL`);
  if (textOf(cluster.fields, 'proxy-url') !== undefined)
    throw new Error(`context '${contextName}' goes through a proxy, which is not supported`);
  const ca = await pemOf(cluster, 'certificate-authority');
  const tlsServerName = textOf(cluster.fields, 'tls-server-name');
  const login = await loginOf({ user, cluster: cluster.fields }, clock);
  return {
    server,
    ...(ca === undefined ? {} : { ca }),
    ...(cluster.fields['insecure-skip-tls-verify'] === true ? { insecureSkipTlsVerify: true } : {}),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(login.token === undefined ? {} : { token: login.token }),
    get clientCertificate() {
      return login.clientCertificate;
    },
  };
}

function find(config: Kubeconfig, list: 'contexts' | 'clusters' | 'users', name: string | undefined): Entry {
  const entry = name === undefined ? undefined : config[list].get(name);
  if (entry === undefined) throw new Error(`it has no '${name ?? ''}' among its ${list}`);
  return entry;
}
