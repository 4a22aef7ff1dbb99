import type { ObjectKey } from '@gotk/apimachinery';
import type { CloudCluster, ClusterEndpoint, ClusterToken, KubeconfigReader } from '@gotk/auth';

/** A cluster of a cloud, and as whom to come: as a ServiceAccount of ours; absent: as the controller. */
export interface CloudClusterReference extends CloudCluster {
  /** Where the reference is. */
  readonly namespace: string;
  readonly account: ObjectKey | undefined;
}

/** A cluster that was found. */
export interface OpenedCluster extends ClusterEndpoint {
  /** Other words when the account would be somebody else in the cloud. */
  readonly as: string;
  token(signal: AbortSignal): Promise<ClusterToken>;
}

/** Who knows the clouds. */
export interface CloudClusters {
  /** Asks the cloud where the cluster is, or remembers it. Throws what says why it cannot be said, or the signal's reason. */
  open(
    cluster: CloudClusterReference,
    options: { readonly signal: AbortSignal; readonly readKubeconfig: KubeconfigReader },
  ): Promise<OpenedCluster>;
}
