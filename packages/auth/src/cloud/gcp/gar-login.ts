import type { RegistryLogin } from '../../access/registry-login-from.ts';
import { IdentityError } from '../identity-error.ts';
import type { CloudMeans, Issued } from '../means.ts';
import { gcpToken } from './gcp-token.ts';

const HOST = /^(?:(?:[a-z0-9-]{1,60}\.)?gcr\.io|[a-z0-9-]{1,60}-docker\.pkg\.dev|docker\.s3nsregistry\.fr)$/;

/** A login for Artifact Registry or Container Registry. Throws `IdentityError`, also for any other host, or the signal's reason. */
export async function garLogin(host: string, means: CloudMeans): Promise<Issued<RegistryLogin>> {
  if (!HOST.test(host)) throw new IdentityError('gcp', 'misconfigured', `'${host.slice(0, 200)}' is no registry of Google's`);
  const { token, expiresAtMs } = await gcpToken(means);
  return { login: { kind: 'basic', origin: `https://${host}`, username: 'oauth2accesstoken', password: token }, expiresAtMs };
}
