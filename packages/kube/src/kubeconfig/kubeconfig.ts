import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Clock, systemClock } from '@gotk/apimachinery';
import type { ClusterConnection } from '../connection.ts';
import { podConnection } from './in-cluster.ts';

export interface LoadOptions {
  /** One kubeconfig file, or several with the system's path delimiter between them; absent or empty: see `loadConnection`. */
  readonly kubeconfigPath?: string | undefined;
  /** Absent: the file's current one. */
  readonly context?: string;
  readonly clock?: Clock;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly serviceAccountDirectory?: string;
}

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * How this process reaches its API server: the kubeconfig it was given, else the pod's service account, else `~/.kube/config`.
 *
 * A kubeconfig's exec plugin is run once here and again whenever its credentials end. Throws an error that names the file and what is wrong with it or not
 * supported, and no secret of it.
 */
export async function loadConnection(options: LoadOptions): Promise<ClusterConnection> {
  const { kubeconfigPath, clock = systemClock } = options;
  // biome-ignore lint/style/noProcessEnv: two variables of it are the in-cluster protocol itself.
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = options.environment ?? process.env;
  if (!kubeconfigPath && host && port)
    return podConnection({ host, port, directory: options.serviceAccountDirectory ?? SERVICE_ACCOUNT }, clock);

  const paths = (kubeconfigPath || join(homedir(), '.kube', 'config')).split(delimiter).filter((path) => path !== '');
  // Loaded here and not above: a pod reads no kubeconfig, and need not hold a YAML parser for it.
  const { kubeconfigConnection } = await import('./connection.ts');
  return kubeconfigConnection({ paths, context: options.context }, clock);
}
