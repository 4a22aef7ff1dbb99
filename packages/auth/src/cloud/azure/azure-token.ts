import type { Expiring } from '../../token-cache/token-cache.ts';
import { IdentityError } from '../identity-error.ts';
import { type CloudMeans, cached } from '../means.ts';
import { type AzureClient, clientToken } from './client-token.ts';
import { controllerToken } from './controller-token.ts';

/** An access token of Microsoft Entra's. */
export interface AzureToken extends Expiring {
  readonly token: string;
}

export const AzureScope = {
  DevOps: '499b84ac-1321-427f-aa17-267ca6975798/.default',
  Storage: 'https://storage.azure.com/.default',
  ContainerRegistry: 'https://containerregistry.azure.net/.default',
  /** Of Kubernetes clusters: the application that all of AKS logs in with. */
  KubernetesService: '6dae42f8-4368-4678-94ff-3960e28e3630/.default',
  ResourceManager: 'https://management.azure.com/.default',
  KeyVault: 'https://vault.azure.net/.default',
  KeyVaultChina: 'https://vault.azure.cn/.default',
  KeyVaultGovernment: 'https://vault.usgovcloudapi.net/.default',
  ManagedHsm: 'https://managedhsm.azure.net/.default',
} as const;
export type AzureScope = (typeof AzureScope)[keyof typeof AzureScope];

const [TENANT, CLIENT] = ['azure.workload.identity/tenant-id', 'azure.workload.identity/client-id'];

/**
 * A token of the controller, or of the application that a ServiceAccount is annotated with. Throws `IdentityError`, or the signal's reason.
 */
export function azureToken(scope: AzureScope, means: CloudMeans): Promise<AzureToken> {
  return cached(['azure', scope], means, async (shared) => {
    const { identity, signal } = shared;
    if (identity === undefined) return await controllerToken(scope, shared);
    const annotation = (key: string): string => {
      const value = identity.annotations[key] ?? '';
      // It becomes part of the address that gets the token.
      if (!/^\w[\w.-]{0,99}$/.test(value))
        throw new IdentityError('azure', 'misconfigured', `ServiceAccount '${identity.name}' has no identifier in its annotation ${key}`);
      return value;
    };
    const client: AzureClient = { tenant: annotation(TENANT), client: annotation(CLIENT) };
    const assertion = await identity.token(['api://AzureADTokenExchange'], signal);
    return await clientToken(client, { assertion }, { scope, means: shared });
  });
}
