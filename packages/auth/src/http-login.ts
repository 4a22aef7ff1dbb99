import type { HttpAccess } from './outbound/http-access.ts';

/** Credentials for HTTP, bound to the origin that they were given for. */
export type HttpLogin =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'basic'; readonly origin: string; readonly username: string; readonly password: string }
  | { readonly kind: 'bearer'; readonly origin: string; readonly token: string };

/** A Secret that cannot be used to log in. */
export class InvalidLogin extends Error {
  override readonly name = 'InvalidLogin';
}

/**
 * Reads the keys of a Secret: `bearerToken`, or `username` and `password`, and `ca.crt`. Throws `InvalidLogin` for keys that this release does not act on,
 * because ignoring a credential would send a request that its owner never meant.
 */
export function httpAccessFrom(data: Readonly<Record<string, string>>, url: URL): HttpAccess {
  const value = (key: string): string | undefined =>
    data[key] === undefined ? undefined : Buffer.from(data[key], 'base64').toString('utf8');
  for (const key of ['identity', 'githubAppID', 'tls.crt', 'certFile', 'tls.key', 'keyFile']) {
    if (data[key] !== undefined) throw new InvalidLogin(`key '${key}' of the Secret is not supported yet`);
  }
  const ca = value('ca.crt') ?? value('caFile');
  const [username, password, token] = [value('username'), value('password'), value('bearerToken')];
  const authority = ca === undefined ? {} : { ca };
  if (token !== undefined && token !== '') return { login: { kind: 'bearer', origin: url.origin, token }, ...authority };
  if (username === undefined && password === undefined) {
    if (ca === undefined) throw new InvalidLogin("the Secret has neither 'username' and 'password' nor 'bearerToken'");
    return { login: { kind: 'anonymous' }, ...authority };
  }
  if (username === undefined || password === undefined) throw new InvalidLogin("the Secret needs both 'username' and 'password'");
  return { login: { kind: 'basic', origin: url.origin, username, password }, ...authority };
}

/** The Authorization header for a request to this URL; undefined for any other origin than the credentials' own. */
export function authorizationFor(login: HttpLogin, url: URL): string | undefined {
  switch (login.kind) {
    case 'anonymous':
      return undefined;
    case 'basic':
      return url.origin === login.origin ? `Basic ${Buffer.from(`${login.username}:${login.password}`).toString('base64')}` : undefined;
    case 'bearer':
      return url.origin === login.origin ? `Bearer ${login.token}` : undefined;
  }
}
