import { type ClusterEndpoint, clusterNamed, type KubeconfigReader } from '../cluster-answer.ts';
import { IdentityError } from '../identity-error.ts';
import { askCloud, type CloudMeans } from '../means.ts';
import { fieldsIn, fieldsOf } from '../provider-call.ts';
import { AzureScope, azureToken } from './azure-token.ts';

const ID =
  /^\/subscriptions\/([\w-]{1,100})\/resourceGroups\/([\w.()-]{0,89}[\w()-])\/providers\/Microsoft\.ContainerService\/managedClusters\/([a-z0-9][\w-]{0,62})$/i;
const VERSION = 'api-version=2024-09-01';
const DESCRIBE = { provider: 'azure', step: 'describe the cluster' } as const;
const LIST = { provider: 'azure', step: "list the cluster's addresses" } as const;

/** By the kubeconfigs that AKS has for its users; what logs in to the cluster is left out. */
export async function aksEndpoints(
  id: string,
  { means, readKubeconfig }: { readonly means: CloudMeans; readonly readKubeconfig: KubeconfigReader },
): Promise<readonly ClusterEndpoint[]> {
  const like = '/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.ContainerService/managedClusters/<name>';
  const [, subscription, group, name] = clusterNamed(id, { provider: 'azure', pattern: ID, like });
  const { token } = await azureToken(AzureScope.ResourceManager, means);
  const base = `https://management.azure.com/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${name}`;
  const login = { request: { authorization: `Bearer ${token}` }, secrets: [token] } as const;

  const cluster = fieldsOf(await askCloud({ ...DESCRIBE, url: new URL(`${base}?${VERSION}`), ...login }, means));
  const { aadProfile } = fieldsIn(cluster, 'properties');
  // Others take no tokens of Entra's.
  if (typeof aadProfile !== 'object' || aadProfile === null)
    throw new IdentityError('azure', 'misconfigured', 'the cluster does not have the integration with Microsoft Entra ID');

  const request = { ...login.request, method: 'POST' } as const;
  const url = new URL(`${base}/listClusterUserCredential?${VERSION}`);
  const { kubeconfigs } = fieldsOf(await askCloud({ ...LIST, url, request, secrets: login.secrets }, means));
  return (Array.isArray(kubeconfigs) ? kubeconfigs : []).map((entry: unknown) => {
    const { value } = fieldsIn({ entry }, 'entry');
    try {
      return readKubeconfig(Buffer.from(typeof value === 'string' ? value : '', 'base64').toString('utf8'));
    } catch {
      throw new IdentityError('azure', 'refused', `failed to ${LIST.step}: the answer has a kubeconfig that is none`);
    }
  });
}
