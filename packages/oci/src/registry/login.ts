import type { RegistryLogin } from '@gotk/auth';
import { OciError } from '../oci-error.ts';
import type { RepositoryName } from '../reference.ts';

const DOCKER_HUB: ReadonlySet<string> = new Set(['index.docker.io', 'docker.io', 'registry-1.docker.io']);

/** Throws `OciError`, kind `refused`, for credentials that were given for another registry. */
export function checkLogin(login: RegistryLogin, { host }: RepositoryName): void {
  if (login.kind === 'anonymous') return;
  const given = URL.parse(login.origin)?.host ?? '';
  if (given === host.replace(/:443$/, '') || (DOCKER_HUB.has(given) && DOCKER_HUB.has(host))) return;
  throw new OciError('refused', `the credentials are for '${given}', not for '${host}'`);
}
