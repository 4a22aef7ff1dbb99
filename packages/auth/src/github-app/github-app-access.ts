import type { Clock } from '@gotk/apimachinery';
import { httpProxyFrom } from '../access/proxy-of.ts';
import { keysOf, type LoginSecret } from '../access/secret-keys.ts';
import { tlsKeysOf } from '../access/tls-keys.ts';
import type { HttpAccess, Reach } from '../outbound/http-access.ts';
import { createHttpClient } from '../outbound/http-client.ts';
import type { CacheSubject, TokenCache } from '../token-cache/token-cache.ts';
import { githubAppFrom } from './github-app-from.ts';
import { installationKey, installationToken } from './installation-token.ts';

export interface GitHubAppSecrets {
  readonly secret: LoginSecret;
  readonly proxySecret?: LoginSecret | undefined;
}

export interface GitHubAppOptions {
  readonly clock: Clock;
  readonly reach: Reach;
  readonly signal: AbortSignal;
  /** Absent: a token for each call. */
  readonly cache?: TokenCache | undefined;
  readonly subject?: CacheSubject | undefined;
}

/**
 * Access to a Git server for a GitHub App: a token of the installation as the password of `x-access-token`. `ca.crt` and the proxy are for
 * GitHub's API as well as for Git. Throws `InvalidLogin` for the Secret, `IdentityError` for GitHub's answer, or the signal's reason.
 */
export async function githubAppAccess(
  { secret, proxySecret }: GitHubAppSecrets,
  url: URL,
  { clock, reach, signal, cache, subject }: GitHubAppOptions,
): Promise<HttpAccess> {
  const app = githubAppFrom(secret);
  const { ca } = tlsKeysOf(keysOf(secret));
  const way = {
    ...(ca === undefined ? {} : { ca }),
    ...(proxySecret === undefined ? {} : { proxy: httpProxyFrom(proxySecret) }),
  };
  const fetch = async (shared: AbortSignal) => {
    using client = createHttpClient({ access: { ...way, login: { kind: 'anonymous' } }, reach, clock });
    return await installationToken(app, { client, clock, signal: shared });
  };
  const { token } = cache === undefined ? await fetch(signal) : await cache.get(installationKey(app), fetch, { signal, subject });
  return { ...way, login: { kind: 'basic', origin: url.origin, username: 'x-access-token', password: token } };
}
