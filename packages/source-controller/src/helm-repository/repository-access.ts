import { createHash } from 'node:crypto';
import type { HelmRepository } from '@gotk/api';
import type { Clock } from '@gotk/apimachinery';
import { ANONYMOUS, createHttpClient, type HttpAccess, type HttpClient, httpAccessOf, type Reach } from '@gotk/auth';
import { type Variables, withEnvironmentProxy } from '../source/environment-proxy.ts';
import { readSecret, type SecretReader } from '../source/secrets.ts';

/** How to get at a repository that has an index. */
export interface RepositoryAccess {
  readonly url: string;
  readonly access: HttpAccess;
  /** Whether the login goes to whatever host the index names as well. */
  readonly passCredentials: boolean;
  /** Names all of the above, the login included, and tells none of it. */
  readonly key: string;
}

/** As the repository's object may. Throws `InvalidLogin` for Secrets that are missing or cannot be used, anything else if the API server does not answer. */
export async function repositoryAccess({ spec }: HelmRepository, reader: SecretReader): Promise<RepositoryAccess> {
  const secret = await readSecret(spec.secretRef, reader);
  const certSecret = await readSecret(spec.certSecretRef, reader);
  const access = httpAccessOf({ secret, certSecret }, new URL(spec.url));
  return accessTo(spec.url, { access, passCredentials: spec.passCredentials === true });
}

/** As anybody may: for what a chart depends on and no object stands for. */
export const anonymousAccess = (url: string): RepositoryAccess => accessTo(url, { access: ANONYMOUS, passCredentials: false });

function accessTo(url: string, { access, passCredentials }: Pick<RepositoryAccess, 'access' | 'passCredentials'>): RepositoryAccess {
  const key = createHash('sha256')
    .update(JSON.stringify([url, access, passCredentials]))
    .digest('base64');
  return { url, access, passCredentials, key };
}

/** What the controller says about going to servers. */
export interface Way {
  readonly reach: Reach;
  readonly clock: Clock;
  /** Where its environment names proxies. */
  readonly variables: Variables;
}

export const clientFor = ({ access }: RepositoryAccess, url: URL, { reach, clock, variables }: Way): HttpClient =>
  createHttpClient({ access: withEnvironmentProxy(access, url, variables), reach, clock });
