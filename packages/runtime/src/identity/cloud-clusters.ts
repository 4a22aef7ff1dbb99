import { type CloudMeans, clusterToken, locateCluster } from '@gotk/auth';
import type { CloudClusters } from '@gotk/kube';
import { type ServiceAccountReader, workloadIdentityOf } from './service-account.ts';

export interface CloudClustersOptions {
  /** Of the cluster that the ServiceAccounts are in. */
  readonly client: ServiceAccountReader['client'];
  /** Of the controller. */
  readonly means: Omit<CloudMeans, 'signal' | 'identity' | 'subject'>;
  /** Gate `ObjectLevelWorkloadIdentity`: ConfigMaps may name a ServiceAccount. */
  readonly objectLevel: boolean;
  /** Told of each token, so that what is said of objects of the namespace does not have it. Must not throw. */
  readonly conceal: (namespace: string, token: string) => void;
}

/** A ServiceAccount is named, and the gate `ObjectLevelWorkloadIdentity` is off. */
export class ObjectLevelIdentityDisabled extends Error {
  override readonly name = 'ObjectLevelIdentityDisabled';

  constructor() {
    super(
      'to log in to the cluster of spec.kubeConfig.configMapRef as a ServiceAccount please enable the ObjectLevelWorkloadIdentity feature gate in the controller',
    );
  }
}

/**
 * Clusters of clouds, found and logged in to as a ServiceAccount or as the controller. `open` throws `ObjectLevelIdentityDisabled`, `InvalidLogin` for one that is not there, `IdentityError`, or the signal's reason.
 */
export function cloudClusters({ client, means, objectLevel, conceal }: CloudClustersOptions): CloudClusters {
  return {
    async open({ namespace, account, ...cluster }, { signal, readKubeconfig }) {
      // Never as the controller instead: it may do more than the account that was meant.
      if (account !== undefined && !objectLevel) throw new ObjectLevelIdentityDisabled();
      const identity = account === undefined ? undefined : await workloadIdentityOf(account.name, { client, namespace, signal });
      const mine: CloudMeans = { ...means, signal, identity };
      const { server, ca } = await locateCluster(cluster, { means: mine, readKubeconfig });
      return {
        server,
        ca,
        as: JSON.stringify(Object.entries(identity?.annotations ?? {}).sort()),
        async token(tokenSignal) {
          const issued = await clusterToken(cluster, { ...mine, signal: tokenSignal });
          conceal(namespace, issued.token);
          return issued;
        },
      };
    },
  };
}
