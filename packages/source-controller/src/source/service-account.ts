import type { KubeObject, Resource } from '@gotk/apimachinery';
import { InvalidLogin, type WorkloadIdentity } from '@gotk/auth';
import { ApiError, isNotFound, type KubeClient } from '@gotk/kube';
import type { Manager, Secret } from '@gotk/runtime';
import { readSecret } from './secrets.ts';

interface ServiceAccount extends KubeObject {
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

/** Of the object's own namespace: no other is asked. */
export interface ServiceAccountReader {
  readonly manager: Pick<Manager, 'readSecret'> & { readonly client: Pick<KubeClient, 'get' | 'create'> };
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** The image pull secrets of a ServiceAccount. Throws `InvalidLogin` for an account that is not there, or a Secret that it names and is not there. */
export async function pullSecretsOf(name: string, reader: ServiceAccountReader): Promise<readonly Secret[]> {
  const { imagePullSecrets = [] } = await accountNamed(name, reader);
  const secrets = await Promise.all(
    imagePullSecrets.map(({ name: secret = '' }) => readSecret(secret === '' ? undefined : { name: secret }, reader)),
  );
  return secrets.filter((secret) => secret !== undefined);
}

/** A ServiceAccount as an identity, for clouds that trust the cluster's tokens. Throws `InvalidLogin` for an account that is not there. */
export async function workloadIdentityOf(name: string, reader: ServiceAccountReader): Promise<WorkloadIdentity> {
  const { metadata } = await accountNamed(name, reader);
  return {
    namespace: reader.namespace,
    name,
    annotations: metadata.annotations ?? {},
    token: (audiences, signal) => tokenOf(name, { ...reader, signal }, audiences),
  };
}

async function accountNamed(name: string, { manager, namespace, signal }: ServiceAccountReader): Promise<ServiceAccount> {
  try {
    return await manager.client.get(SERVICE_ACCOUNTS, { namespace, name }, { signal });
  } catch (error) {
    if (isNotFound(error)) throw new InvalidLogin(`ServiceAccount '${name}' not found`);
    throw error;
  }
}

async function tokenOf(name: string, { manager, namespace, signal }: ServiceAccountReader, audiences: readonly string[]): Promise<string> {
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: { namespace, name },
    spec: { audiences },
  };
  const resource = SERVICE_ACCOUNTS as Resource<KubeObject> as Resource<TokenRequest>;
  try {
    const { status } = await manager.client.create(resource, request, { signal, subresource: 'token' });
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
