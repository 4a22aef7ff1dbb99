import { askCloud, type CloudMeans, fileOf } from '../means.ts';
import { clientToken, tokenIn } from './client-token.ts';

/**
 * The controller's own token, by upstream's chain: a secret in the environment, a federated token (Azure Workload Identity), the machine's
 * identity.
 */
export async function controllerToken(scope: string, means: CloudMeans) {
  const {
    AZURE_TENANT_ID: tenant,
    AZURE_CLIENT_ID: client,
    AZURE_CLIENT_SECRET: secret,
    AZURE_FEDERATED_TOKEN_FILE: file,
  } = means.environment.variables;
  if (tenant !== undefined && client !== undefined && secret !== undefined)
    return await clientToken({ tenant, client }, { secret }, { scope, means });
  if (tenant !== undefined && client !== undefined && file !== undefined) {
    const assertion = await fileOf(file, means, { provider: 'azure', what: 'the token of the controller' });
    return await clientToken({ tenant, client }, { assertion }, { scope, means });
  }
  return await managedIdentityToken(scope, client, means);
}

/** Of the machine, or of the one of its identities that is named. */
export async function managedIdentityToken(scope: string, client: string | undefined, means: CloudMeans) {
  const step = 'get a token of the managed identity';
  const url = new URL('http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01');
  url.searchParams.set('resource', scope.replace(/\/\.default$/, ''));
  if (client !== undefined) url.searchParams.set('client_id', client);
  const answer = await askCloud(
    { provider: 'azure', step, url, request: { headers: { metadata: 'true' } }, secrets: [], local: true },
    means,
  );
  return tokenIn(answer, step, means);
}
