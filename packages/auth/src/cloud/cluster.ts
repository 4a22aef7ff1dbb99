import { eksEndpoints, eksToken } from './aws/eks-cluster.ts';
import { aksEndpoints } from './azure/aks-cluster.ts';
import { AzureScope, azureToken } from './azure/azure-token.ts';
import type { ClusterEndpoint, ClusterToken, KubeconfigReader } from './cluster-answer.ts';
import { gcpToken } from './gcp/gcp-token.ts';
import { gkeEndpoints } from './gcp/gke-cluster.ts';
import { IdentityError } from './identity-error.ts';
import { type CloudMeans, cached } from './means.ts';

/** A cluster that a cloud runs. */
export interface CloudCluster {
  readonly provider: 'aws' | 'azure' | 'gcp';
  /** As its cloud names it: the ARN of EKS, the resource ID of AKS, `projects/P/locations/L/clusters/C` of GKE. EKS does not do without. */
  readonly cluster?: string | undefined;
  /** Which one of its addresses, as `https://host:port`; absent: the first that the cloud says. */
  readonly address?: string | undefined;
  /** In PEM; absent: what the cloud says. */
  readonly ca?: string | undefined;
}

/** Clusters are made anew under the same name, and authorities rotate. */
const LOCATED_MS = 15 * 60_000;

/**
 * Where a cluster is, by what its cloud says of it. An address that is not the cluster's is refused, so that its token goes nowhere else: it is
 * taken on trust, with its authority, from whoever comes with a ServiceAccount of their own. Throws `IdentityError`, or the signal's reason.
 */
export async function locateCluster(
  { provider, cluster = '', address, ca }: CloudCluster,
  { means, readKubeconfig }: { readonly means: CloudMeans; readonly readKubeconfig: KubeconfigReader },
): Promise<ClusterEndpoint> {
  if (address !== undefined && ca !== undefined && means.identity !== undefined) return { server: address, ca };
  const { endpoints } = await cached(['cluster', provider, cluster], means, async (shared) => ({
    endpoints: await endpointsOf(provider, cluster, { means: shared, readKubeconfig }),
    expiresAtMs: shared.clock.now() + LOCATED_MS,
  }));
  const found = address === undefined ? endpoints[0] : endpoints.find(({ server }) => hostOf(server) === hostOf(address));
  if (found !== undefined) return ca === undefined ? found : { ...found, ca };
  throw new IdentityError(
    provider,
    'misconfigured',
    address === undefined ? 'the cluster has no address' : `the cluster is not at '${address.slice(0, 200)}', its addresses are others`,
  );
}

/** A token that a cluster takes. Throws `IdentityError`, or the signal's reason. */
export async function clusterToken({ provider, cluster = '' }: CloudCluster, means: CloudMeans): Promise<ClusterToken> {
  switch (provider) {
    case 'aws':
      return await eksToken(cluster, means);
    case 'azure':
      return await azureToken(AzureScope.KubernetesService, means);
    case 'gcp':
      return await gcpToken(means);
  }
}

function endpointsOf(
  provider: CloudCluster['provider'],
  cluster: string,
  how: { readonly means: CloudMeans; readonly readKubeconfig: KubeconfigReader },
): Promise<readonly ClusterEndpoint[]> {
  switch (provider) {
    case 'aws':
      return eksEndpoints(cluster, how.means);
    case 'azure':
      return aksEndpoints(cluster, how);
    case 'gcp':
      return gkeEndpoints(cluster, how.means);
  }
}

/** With the port, unless it is that of https. */
const hostOf = (server: string): string | undefined => URL.parse(server)?.host;
