import { type Kustomization, Reason } from '@gotk/api';
import type { WorkloadIdentity } from '@gotk/auth';
import { type ServiceAccountReader, Stalled, workloadIdentityOf } from '@gotk/runtime';

export interface DecryptionIdentityOptions {
  readonly client: ServiceAccountReader['client'];
  /** `--default-decryption-service-account`: for Kustomizations that name none; '' for the controller itself. */
  readonly defaultServiceAccount: string;
}

/**
 * As whom a Kustomization asks key services: the ServiceAccount of its namespace that it names, or the default one; undefined for the
 * controller itself. It is looked for when somebody wants to know, and once. Throws `InvalidLogin` for one that is not there.
 */
export function decryptionIdentity(
  { spec, metadata }: Kustomization,
  { client, defaultServiceAccount }: DecryptionIdentityOptions,
): (signal: AbortSignal) => Promise<WorkloadIdentity | undefined> {
  const name = spec.decryption?.serviceAccountName || defaultServiceAccount;
  let found: Promise<WorkloadIdentity> | undefined;
  return async (signal) => {
    if (name === '') return undefined;
    found ??= workloadIdentityOf(name, { client, namespace: metadata.namespace ?? '', signal });
    return await found;
  };
}

/** Why a Kustomization may not name a ServiceAccount to decrypt as: the gate ObjectLevelWorkloadIdentity is off. */
export function objectionToIdentity({ spec }: Kustomization, { objectLevel }: { readonly objectLevel: boolean }): Stalled | undefined {
  if (objectLevel || !spec.decryption?.serviceAccountName) return undefined;
  return new Stalled({
    reason: Reason.FeatureGateDisabled,
    message:
      'to use spec.decryption.serviceAccountName for decryption authentication please enable the ObjectLevelWorkloadIdentity feature gate in the controller',
  });
}
