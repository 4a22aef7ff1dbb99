import { createHash } from 'node:crypto';
import { type Clock, type KubeObject, type ObjectKey, type Resource, renderKey, systemClock, untilAborted } from '@gotk/apimachinery';
import type { KubeClient, RequestOptions } from '../client.ts';
import type { ClusterConnection } from '../connection.ts';
import { isNotFound } from '../errors.ts';
import { serviceAccountIdentity } from '../impersonation.ts';
import { createKubeClient, type KubeClientOptions } from '../kube-client.ts';
import type { CloudClusters } from './cloud-clusters.ts';
import { createSharedUses } from './shared-uses.ts';
import type { TenantPolicy } from './tenant-policy.ts';
import { UnusableKubeconfig } from './unusable-kubeconfig.ts';

/** `spec.kubeConfig`: exactly one of the two. */
export interface KubeconfigReference {
  readonly secretRef?: { readonly name: string; readonly key?: string | undefined } | undefined;
  readonly configMapRef?: { readonly name: string } | undefined;
}

export interface RemoteCluster {
  /** Where the reference is looked up, and the namespace of the ServiceAccount. */
  readonly namespace: string;
  readonly kubeConfig: KubeconfigReference;
  /** Impersonated in the remote cluster, by whoever the kubeconfig logs in as; absent or empty: nobody is. */
  readonly serviceAccountName?: string | undefined;
}

/** A client that stays open until it is let go of. */
export interface BorrowedClient extends Disposable {
  /** The same for clients that were made from the same version of the same key of the same object, whoever is impersonated. */
  readonly madeFrom: string;
  readonly client: KubeClient;
}

export interface RemoteClientsOptions
  extends Pick<KubeClientOptions, 'userAgent' | 'qps' | 'burst' | 'timeoutMs' | 'maxAnswerBytes' | 'onRequest'> {
  /** Of the cluster that we run in: reads Secrets and ConfigMaps, asks for tokens. */
  readonly client: KubeClient;
  readonly policy?: TenantPolicy;
  /** `--default-kubeconfig-service-account`. */
  readonly defaultServiceAccount?: string | undefined;
  /** Finds the clusters of ConfigMaps of provider `aws`, `azure` and `gcp`; absent: those are refused with `UnsupportedProvider`. */
  readonly clouds?: CloudClusters | undefined;
  readonly clock?: Clock;
  /** Put around each client before it is handed out, such as the guard that lets nobody write who has lost the lease. */
  readonly wrap?: (client: KubeClient) => KubeClient;
  /** Told of each Secret that is read, so that what it holds is kept out of messages. Must not throw. */
  readonly onSecret?: (secret: KubeObject) => void;
  /** How long a client that nobody uses is kept; 5 min. Its sockets close after 30 s. */
  readonly idleMs?: number;
  /** How many of those are kept at most; 100. */
  readonly maxIdle?: number;
}

/** Clients of the clusters that objects refer to. */
export interface RemoteClients {
  /**
   * A client of the cluster that the reference describes now: the Secret or ConfigMap is read each time, and a client made earlier is shared by all who come
   * with the same one (uid, resourceVersion, key), as long as the cloud, where it names one, says the same of the cluster. When it has changed there is a new
   * client; the old one closes with its last user.
   *
   * Throws `UnusableKubeconfig` for what only a change of that object can mend, `ApiError` and `ConnectionError` as any read does, what `clouds` throws, the
   * signal's reason on abort.
   */
  borrow(cluster: RemoteCluster, options: RequestOptions): Promise<BorrowedClient>;
  /** Those that are open, used or not. */
  readonly size: number;
  /** Closes all; what runs on them ends. */
  close(): Promise<void>;
}

/** What a Secret or ConfigMap describes. */
interface Described {
  /** What a cloud says of it, in short; '' without one. */
  readonly cloud: string;
  /** `lifetime`: as long as the connection is used. */
  connect(lifetime: AbortSignal): Promise<ClusterConnection>;
}

type Kept = KubeObject & { readonly data?: Readonly<Record<string, string>> | null };

const secrets: Resource<Kept> = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
const configMaps: Resource<Kept> = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** A tenant's server decides how long its answers are. Lists come in pages. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

export function createRemoteClients(options: RemoteClientsOptions): RemoteClients {
  const {
    client: home,
    policy = {},
    clock = systemClock,
    wrap = (client) => client,
    onSecret = () => undefined,
    defaultServiceAccount,
    clouds,
    idleMs = 300_000,
    maxIdle = 100,
    ...settings
  } = options;
  const uses = createSharedUses<KubeClient>({ clock, idleMs, maxIdle, close: (client) => client.close() });

  const describe = async (kept: Kept, { secretRef }: KubeconfigReference, signal: AbortSignal): Promise<Described> => {
    // Loaded here and not above: few controllers ever meet a remote cluster, and none before it has started.
    const { cloudClusterOf, cloudConnection, configMapConnection, openCluster, secretConnection } = await import('./tenant-connection.ts');
    if (secretRef !== undefined) return { cloud: '', connect: () => secretConnection({ secret: kept, key: secretRef.key }, policy, clock) };
    const source = { configMap: kept, defaultServiceAccount };
    const cluster = cloudClusterOf(source, policy);
    if (cluster === undefined)
      return { cloud: '', connect: async (lifetime) => configMapConnection(source, policy, { client: home, clock, signal: lifetime }) };
    const opened = await openCluster(cluster, { source, clouds, policy, clock, signal });
    const { server, ca = '', as } = opened;
    return {
      cloud: `/${createHash('sha256')
        .update(JSON.stringify([server, ca, as]))
        .digest('base64url')}`,
      connect: async (lifetime) => cloudConnection(opened, policy, { clock, signal: lifetime }),
    };
  };

  return {
    async borrow({ namespace, kubeConfig, serviceAccountName }, { signal }) {
      const identity = serviceAccountName ? serviceAccountIdentity({ namespace, name: serviceAccountName }) : undefined;
      const kept = await read(home, { namespace, kubeConfig }, signal);
      if (kubeConfig.secretRef !== undefined) onSecret(kept);
      const { uid = '', resourceVersion = '' } = kept.metadata;
      const { cloud, connect } = await describe(kept, kubeConfig, signal);
      const place = { id: `${uid}/${kubeConfig.secretRef?.key ?? ''}`, version: `${resourceVersion}${cloud}` };
      const use = uses.take(place, async (lifetime) => {
        const connection = await connect(lifetime);
        return createKubeClient({ maxAnswerBytes: MAX_ANSWER_BYTES, ...settings, connection, clock });
      });
      try {
        const client = await untilAborted(use.value, signal);
        return {
          madeFrom: `${place.id}@${place.version}`,
          client: wrap(identity === undefined ? client : client.impersonate(identity)),
          [Symbol.dispose]: () => use[Symbol.dispose](),
        };
      } catch (error) {
        use[Symbol.dispose]();
        throw error;
      }
    },
    get size() {
      return uses.size;
    },
    close: () => uses.close(),
  };
}

async function read(home: KubeClient, { namespace, kubeConfig }: RemoteCluster, signal: AbortSignal): Promise<Kept> {
  const { secretRef, configMapRef } = kubeConfig;
  const [reference, resource] = secretRef === undefined ? [configMapRef, configMaps] : [secretRef, secrets];
  if (reference === undefined || (secretRef !== undefined && configMapRef !== undefined))
    throw new UnusableKubeconfig('spec.kubeConfig', `it must have one of 'secretRef' and 'configMapRef'`);
  const key: ObjectKey = { namespace, name: reference.name };
  try {
    return await home.get(resource, key, { signal });
  } catch (error) {
    if (isNotFound(error)) throw new UnusableKubeconfig(`${resource.kind} '${renderKey(key)}'`, 'it does not exist');
    throw error;
  }
}
