import { type Clock, deadlineSignal, keyOf } from '@gotk/apimachinery';
import type { KubeconfigReader } from '@gotk/auth';
import type { ClusterConnection } from '../connection.ts';
import { cachedToken } from '../kubeconfig/cached-token.ts';
import { chooseContext } from '../kubeconfig/connection.ts';
import { parseKubeconfig, textOf } from '../kubeconfig/format.ts';
import type { CloudClusterReference, CloudClusters, OpenedCluster } from './cloud-clusters.ts';
import { type ConfigMapKubeconfig, keysOf } from './config-map-keys.ts';
import { checkAuthority, checkServer } from './tenant-kubeconfig.ts';
import type { TenantPolicy } from './tenant-policy.ts';
import { UnsupportedProvider } from './unusable-kubeconfig.ts';

/** A new token is asked for when this part of the old one's life is over. */
const USED = 0.8;
/** A server that refuses a token younger than this would refuse the next one too. */
const NEW_MS = 10_000;
const TIMEOUT_MS = 30_000;

/** The cluster that a ConfigMap of provider `aws`, `azure` or `gcp` names; undefined for other providers. Throws `UnusableKubeconfig`. */
export function cloudClusterOf(source: ConfigMapKubeconfig, policy: TenantPolicy): CloudClusterReference | undefined {
  const { provider, value, server, ca, account, unusable } = keysOf(source, policy);
  if (provider !== 'aws' && provider !== 'azure' && provider !== 'gcp') return undefined;
  const [cluster, address] = [value('cluster'), value('address')];
  if (cluster === undefined && (provider === 'aws' || account === undefined || address === undefined || ca === undefined))
    throw unusable(`it has no key 'cluster', which names the cluster for provider '${provider}'`);
  return {
    provider,
    namespace: keyOf(source.configMap).namespace,
    account,
    cluster,
    address: address === undefined ? undefined : server(address),
    ca,
  };
}

/**
 * Finds the cluster that a ConfigMap names. Throws `UnusableKubeconfig`, and what `clouds` does. An address of a cloud's own answer is held to the same rules
 * as one that a tenant wrote.
 */
export async function openCluster(
  cluster: CloudClusterReference,
  {
    source,
    clouds,
    policy,
    clock,
    signal,
  }: {
    readonly source: ConfigMapKubeconfig;
    readonly clouds: CloudClusters | undefined;
    readonly policy: TenantPolicy;
    readonly clock: Clock;
    readonly signal: AbortSignal;
  },
): Promise<OpenedCluster> {
  const { name, unusable } = keysOf(source, policy);
  if (clouds === undefined)
    throw new UnsupportedProvider(
      name,
      `provider '${cluster.provider}' is not for this controller: use provider 'generic', or a kubeconfig in a Secret`,
    );
  using deadline = deadlineSignal({ parents: [signal], timeoutMs: TIMEOUT_MS, clock, reason: lateAnswer });
  const opened = await clouds.open(cluster, { signal: deadline.signal, readKubeconfig });
  try {
    checkServer(opened.server, 'address', policy);
    checkAuthority(opened.ca, 'ca.crt');
  } catch (error) {
    throw unusable(
      `what '${cluster.provider}' says of the cluster is of no use: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return opened;
}

/** The connection to a cluster that was found, with tokens that are asked for again before they end. `signal`: as long as the connection is used. */
export function cloudConnection(
  { server, ca, token }: OpenedCluster,
  policy: TenantPolicy,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): ClusterConnection {
  return {
    server,
    ...(ca === undefined ? {} : { ca }),
    ...(policy.allowLocalAddresses === true ? {} : { reach: 'remote' }),
    token: cachedToken(async () => {
      // Before the question: a token is not older than that.
      const askedAt = clock.monotonic();
      using deadline = deadlineSignal({ parents: [signal], timeoutMs: TIMEOUT_MS, clock, reason: lateAnswer });
      const issued = await token(deadline.signal);
      const lifeMs = issued.expiresAtMs - clock.now();
      return { token: issued.token, untilMs: askedAt + lifeMs * USED, endsMs: askedAt + lifeMs, newUntilMs: askedAt + NEW_MS };
    }, clock),
  };
}

/** Not one of a run: it has a deadline of its own. */
const lateAnswer = (): Error => new Error(`the cloud did not answer within ${TIMEOUT_MS / 1000} s`);

const readKubeconfig: KubeconfigReader = (text) => {
  const { cluster } = chooseContext(parseKubeconfig(text, '/'));
  const server = textOf(cluster.fields, 'server');
  if (server === undefined) throw new Error('it names no server');
  const data = textOf(cluster.fields, 'certificate-authority-data');
  return { server, ca: data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8') };
};
