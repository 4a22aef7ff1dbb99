import type { KubeObject, Resource } from '@gotk/apimachinery';
import { InvalidLogin, type WorkloadIdentity } from '@gotk/auth';
import { ApiError, isNotFound, type KubeClient } from '@gotk/kube';

export interface ServiceAccount extends KubeObject {
  readonly imagePullSecrets?: readonly { readonly name?: string }[];
}

interface TokenRequest extends KubeObject {
  readonly status?: { readonly token?: string };
}

const SERVICE_ACCOUNTS: Resource<ServiceAccount> = {
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  namespaced: true,
};

/** Of one namespace: no other is asked. */
export interface ServiceAccountReader {
  readonly client: Pick<KubeClient, 'get' | 'create'>;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** Throws `InvalidLogin` for an account that is not there. */
export async function serviceAccountNamed(name: string, { client, namespace, signal }: ServiceAccountReader): Promise<ServiceAccount> {
  try {
    return await client.get(SERVICE_ACCOUNTS, { namespace, name }, { signal });
  } catch (error) {
    if (isNotFound(error)) throw new InvalidLogin(`ServiceAccount '${name}' not found`);
    throw error;
  }
}

/** A ServiceAccount as an identity, for whoever trusts the cluster's tokens. Throws `InvalidLogin` for an account that is not there. */
export async function workloadIdentityOf(name: string, reader: ServiceAccountReader): Promise<WorkloadIdentity> {
  const { metadata } = await serviceAccountNamed(name, reader);
  return {
    namespace: reader.namespace,
    name,
    annotations: metadata.annotations ?? {},
    token: (audiences, signal) => tokenOf(name, { ...reader, signal }, audiences),
  };
}

/** A token of a ServiceAccount by a TokenRequest. Throws `InvalidLogin` when the controller may not ask for one. */
export async function tokenOf(
  name: string,
  { client, namespace, signal }: ServiceAccountReader,
  audiences: readonly string[],
): Promise<string> {
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { namespace, name },
    spec: { audiences },
  };
  const resource = SERVICE_ACCOUNTS as Resource<KubeObject> as Resource<TokenRequest>;
  try {
    const { status } = await client.create(resource, request, { signal, subresource: 'token' });
    if (typeof status?.token === 'string' && status.token !== '') return status.token;
  } catch (error) {
    // The controller's own role has no right to it: whoever takes it over could act as anybody.
    if (error instanceof ApiError && error.status === 403)
      throw new InvalidLogin(
        `may not ask for tokens of ServiceAccount '${name}': grant 'create' on 'serviceaccounts/token' to the controller`,
      );
    throw error;
  }
  throw new InvalidLogin(`the API server gave no token for ServiceAccount '${name}'`);
}
