import { Reason } from '@gotk/api';
import type { Clock } from '@gotk/apimachinery';
import type { CloudMeans, ControllerEnvironment, HttpProxy, Reach, TokenCache } from '@gotk/auth';
import { type Manager, Stalled, workloadIdentityOf } from '@gotk/runtime';

/** What it takes to log in as somebody whom a cloud knows. */
export interface CloudDeps {
  readonly environment: ControllerEnvironment;
  readonly tokens: TokenCache;
  /** Gate `ObjectLevelWorkloadIdentity`: objects may name a ServiceAccount to log in as. */
  readonly objectLevel: boolean;
}

export interface CloudRequest {
  readonly deps: { readonly manager: Manager; readonly cloud: CloudDeps; readonly reach: Reach };
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly owner: { readonly kind: string; readonly namespace: string; readonly name: string };
  /** Of `spec.serviceAccountName`; undefined: the controller's own identity. */
  readonly serviceAccountName: string | undefined;
  readonly proxy: HttpProxy | undefined;
}

/** As whom an object logs in with a cloud. Throws `Stalled` for a ServiceAccount while the gate is off, `InvalidLogin` for one that is not there. */
export async function cloudMeansOf({ deps, clock, signal, owner, serviceAccountName, proxy }: CloudRequest): Promise<CloudMeans> {
  const { manager, cloud, reach } = deps;
  const means = {
    clock,
    reach,
    signal,
    environment: cloud.environment,
    proxy,
    cache: cloud.tokens,
    subject: { ...owner, operation: 'reconcile' },
  };
  if (serviceAccountName === undefined || serviceAccountName === '') return means;
  if (!cloud.objectLevel)
    throw new Stalled({
      reason: Reason.FeatureGateDisabled,
      message:
        'to use spec.serviceAccountName for provider authentication please enable the ObjectLevelWorkloadIdentity feature gate in the controller',
    });
  return {
    ...means,
    identity: await workloadIdentityOf(serviceAccountName, { client: manager.client, namespace: owner.namespace, signal }),
  };
}
