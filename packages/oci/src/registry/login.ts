import { OciError } from '../oci-error.ts';
import type { RepositoryName } from '../reference.ts';

/** Credentials for one registry. Those of `@gotk/auth` for HTTP are among them; their origin has to be the registry's. */
export type RegistryLogin =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string; readonly origin?: string }
  /** A token for the registry itself: `registrytoken` of a Docker configuration. */
  | { readonly kind: 'bearer'; readonly token: string; readonly origin?: string }
  /** A token that the realm takes in place of a password: `identitytoken` of a Docker configuration. */
  | { readonly kind: 'identity'; readonly token: string; readonly origin?: string };

const DOCKER_HUB: ReadonlySet<string> = new Set(['index.docker.io', 'docker.io', 'registry-1.docker.io']);

/** Throws `OciError`, kind `refused`, for credentials that were given for another registry. */
export function checkLogin(login: RegistryLogin, { host }: RepositoryName): void {
  if (login.kind === 'anonymous' || login.origin === undefined) return;
  const given = URL.parse(login.origin)?.host ?? '';
  if (given === host.replace(/:443$/, '') || (DOCKER_HUB.has(given) && DOCKER_HUB.has(host))) return;
  throw new OciError('refused', `the credentials are for '${given}', not for '${host}'`);
}

export const basicAuthorization = ({ username, password }: { readonly username: string; readonly password: string }): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
