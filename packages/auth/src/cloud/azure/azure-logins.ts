import type { RegistryLogin } from '../../access/registry-login-from.ts';
import type { HttpLogin } from '../../http-login.ts';
import { IdentityError } from '../identity-error.ts';
import { askCloud, type CloudMeans, cached, formOf, type Issued } from '../means.ts';
import { fieldsOf, textField, timeField } from '../provider-call.ts';
import { AzureScope, azureToken } from './azure-token.ts';

const REGISTRY = /^[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,3}\.azurecr\.(?:io|cn|de|us)$/;
const DEVOPS = /^(?:dev\.azure\.com|[a-z0-9-]{1,63}\.visualstudio\.com)$/;

const STEP = 'get a token for the registry';
const CALL = { provider: 'azure', step: STEP } as const;

/**
 * A login for Azure Container Registry: a token of Entra's, exchanged for one of the registry's. Throws `IdentityError`, also for any other
 * host, or the signal's reason.
 */
export async function acrLogin(host: string, means: CloudMeans): Promise<Issued<RegistryLogin>> {
  if (!REGISTRY.test(host)) throw new IdentityError('azure', 'misconfigured', `'${host.slice(0, 200)}' is no registry of Azure's`);
  return await cached(['azure-acr', host], means, async (shared) => {
    const { token } = await azureToken(AzureScope.ContainerRegistry, shared);
    const request = { method: 'POST', ...formOf({ grant_type: 'access_token', service: host, access_token: token }) } as const;
    const answer = await askCloud({ ...CALL, url: new URL(`https://${host}/oauth2/exchange`), request, secrets: [token] }, shared);
    const password = textField(fieldsOf(answer), 'refresh_token', CALL);
    const claims = fieldsOf(Buffer.from(password.split('.')[1] ?? '', 'base64url').toString('utf8'));
    // What stands for a user name where there is a token: Azure's convention.
    const username = '00000000-0000-0000-0000-000000000000';
    return { login: { kind: 'basic', origin: `https://${host}`, username, password }, expiresAtMs: timeField(claims.exp, CALL) };
  });
}

/**
 * A login for a repository of Azure DevOps. Throws `IdentityError` for any other host: upstream sends the token, which may be the
 * controller's own, wherever the URL points to.
 */
export async function azureDevOpsLogin(url: URL, means: CloudMeans): Promise<Issued<HttpLogin>> {
  if (url.protocol !== 'https:' || url.port !== '' || !DEVOPS.test(url.hostname))
    throw new IdentityError('azure', 'misconfigured', `'${url.host.slice(0, 200)}' is not Azure DevOps over https`);
  const { token, expiresAtMs } = await azureToken(AzureScope.DevOps, means);
  return { login: { kind: 'bearer', origin: url.origin, token }, expiresAtMs };
}
