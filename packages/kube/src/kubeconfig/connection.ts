import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock } from '@gotk/apimachinery';
import type { ClusterConnection } from '../connection.ts';
import { type Entry, type Kubeconfig, mergeKubeconfigs, parseKubeconfig, textOf } from './format.ts';
import { loginOf, pemOf } from './login.ts';

export interface KubeconfigSource {
  /** Those that do not exist are passed over, as long as one does. */
  readonly paths: readonly string[];
  readonly context: string | undefined;
}

/** The connection that a kubeconfig describes. Throws an error that begins with the files' names. */
export async function kubeconfigConnection({ paths, context }: KubeconfigSource, clock: Clock): Promise<ClusterConnection> {
  try {
    const config = mergeKubeconfigs(await readAll(paths));
    return await connectionOf(chooseContext(config, context), clock);
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

/** What a context leads to. */
export interface Chosen {
  readonly cluster: Entry;
  readonly user: Entry;
}

/** A name that stands for nothing in the kubeconfig. */
export class MissingEntry extends Error {
  override readonly name = 'MissingEntry';
  readonly list: 'contexts' | 'clusters' | 'users';

  constructor(list: MissingEntry['list'], entry: string) {
    super(`it has no '${entry}' among its ${list}`);
    this.list = list;
  }
}

/** Cluster and user of a context; absent: of the current one. Throws `MissingEntry`. */
export function chooseContext(config: Kubeconfig, contextName = config.currentContext): Chosen {
  if (contextName === undefined) throw new Error('it has no current context');
  const { fields: context } = find(config, 'contexts', contextName);
  const cluster = find(config, 'clusters', textOf(context, 'cluster'));
  const user = find(config, 'users', textOf(context, 'user'));
  return { cluster, user };
}

/** The connection that an entry of each list describes, believed in every word: see `tenant-kubeconfig.ts` for those that are not. */
export async function connectionOf(
  { cluster, user }: Chosen,
  clock: Clock,
  reach: ClusterConnection['reach'] = 'anywhere',
): Promise<ClusterConnection> {
  const server = textOf(cluster.fields, 'server');
  if (server === undefined || !URL.canParse(server)) throw new Error(`its cluster's 'server' is not a URL`);
  if (textOf(cluster.fields, 'proxy-url') !== undefined) throw new Error(`its cluster is behind a proxy, which is not supported`);
  const ca = await pemOf(cluster, 'certificate-authority');
  const tlsServerName = textOf(cluster.fields, 'tls-server-name');
  const login = await loginOf({ user, cluster: cluster.fields }, clock);
  return {
    server,
    ...(reach === 'anywhere' ? {} : { reach }),
    ...(ca === undefined ? {} : { ca }),
    ...(cluster.fields['insecure-skip-tls-verify'] === true ? { insecureSkipTlsVerify: true } : {}),
    ...(tlsServerName === undefined ? {} : { tlsServerName }),
    ...(login.token === undefined ? {} : { token: login.token }),
    get clientCertificate() {
      return login.clientCertificate;
    },
  };
}

function find(config: Kubeconfig, list: MissingEntry['list'], name: string | undefined): Entry {
  const entry = name === undefined ? undefined : config[list].get(name);
  if (entry === undefined) throw new MissingEntry(list, name ?? '');
  return entry;
}
