import type { RegistryLogin } from '../access/registry-login-from.ts';
import type { HttpLogin } from '../http-login.ts';
import { codeCommitLogin } from './aws/codecommit-login.ts';
import { ecrLogin } from './aws/ecr-login.ts';
import { acrLogin, azureDevOpsLogin } from './azure/azure-logins.ts';
import { garLogin } from './gcp/gar-login.ts';
import type { CloudMeans, Issued } from './means.ts';

/** Those that have Git servers of their own. */
export type GitCloud = 'aws' | 'azure';
export type RegistryCloud = 'aws' | 'azure' | 'gcp';

/** A login for a Git server of a cloud, for its own servers alone. Throws `IdentityError`, or the signal's reason. */
export function cloudGitLogin(cloud: GitCloud, url: URL, means: CloudMeans): Promise<Issued<HttpLogin>> {
  switch (cloud) {
    case 'aws':
      return codeCommitLogin(url, means);
    case 'azure':
      return azureDevOpsLogin(url, means);
  }
}

/**
 * A login for a registry of a cloud, such as `123.dkr.ecr.eu-west-1.amazonaws.com`, for its own registries alone. Throws `IdentityError`,
 * or the signal's reason.
 */
export function cloudRegistryLogin(cloud: RegistryCloud, host: string, means: CloudMeans): Promise<Issued<RegistryLogin>> {
  switch (cloud) {
    case 'aws':
      return ecrLogin(host, means);
    case 'azure':
      return acrLogin(host, means);
    case 'gcp':
      return garLogin(host, means);
  }
}
