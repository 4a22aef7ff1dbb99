import type { HttpLogin } from '../http-login.ts';
import type { HttpAccess } from '../outbound/http-access.ts';
import { httpProxyFrom } from './proxy-of.ts';
import { keysOf, type LoginSecret, type SecretKeys } from './secret-keys.ts';
import { hasTlsKeys, tlsKeysOf } from './tls-keys.ts';

/** The Secrets that an object refers to. */
export interface AccessSecrets {
  /** Of `secretRef`: who logs in, and of old also what belongs to TLS. */
  readonly secret?: LoginSecret | undefined;
  /** Of `certSecretRef`: takes the place of everything that `secret` says about TLS. */
  readonly certSecret?: LoginSecret | undefined;
  /** Of `proxySecretRef`. */
  readonly proxySecret?: LoginSecret | undefined;
}

export interface AccessRules {
  /** Takes a `username` without a `password` for a login, as Git hosts do that have tokens for user names. */
  readonly passwordless?: boolean;
}

/**
 * How to get to a server and be let in, by upstream's rules: `bearerToken` wins over `username` and `password`; the login and the client
 * certificate are for the origin of `url` alone. Throws `InvalidLogin`, which names the Secret and the key: a Secret that says nothing is
 * refused rather than ignored, and so is half a login, because a request without it is not what its owner meant.
 */
export function httpAccessOf({ secret, certSecret, proxySecret }: AccessSecrets, url: URL, rules: AccessRules = {}): HttpAccess {
  const keys = secret === undefined ? undefined : keysOf(secret);
  const login: HttpLogin = keys === undefined ? { kind: 'anonymous' } : loginFrom(keys, url, rules);
  const { ca, certificate } = tlsFrom(keys, certSecret);
  return {
    login,
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { clientCertificate: { ...certificate, origin: url.origin } }),
    ...(proxySecret === undefined ? {} : { proxy: httpProxyFrom(proxySecret) }),
  };
}

function loginFrom(keys: SecretKeys, { origin }: URL, { passwordless = false }: AccessRules): HttpLogin {
  const [username, password] = [keys.text('username'), keys.text('password')];
  // What people paste into a token's file ends with a line break, which no header may hold.
  const token = keys.text('bearerToken')?.trim() ?? '';
  if (token !== '') {
    if (!/^[\x21-\x7e]+$/.test(token)) throw keys.invalid("has a 'bearerToken' with characters that no token has");
    return { kind: 'bearer', origin, token };
  }
  if (username !== undefined && password === undefined) {
    if (!passwordless) throw keys.invalid("has 'username' but no 'password'");
    return { kind: 'basic', origin, username, password: '' };
  }
  if (username === undefined && password !== undefined) throw keys.invalid("has 'password' but no 'username'");
  if (username !== undefined && password !== undefined) return { kind: 'basic', origin, username, password };
  if (keys.has('githubAppID')) throw keys.invalid("holds the login of a GitHub App, for which the provider has to be 'github'");
  if (keys.has('identity')) throw keys.invalid("holds a key for SSH, and no login for HTTP: 'username' and 'password', or 'bearerToken'");
  if (!hasTlsKeys(keys)) throw keys.invalid("has neither 'username' and 'password' nor 'bearerToken'");
  return { kind: 'anonymous' };
}

function tlsFrom(keys: SecretKeys | undefined, certSecret: LoginSecret | undefined) {
  if (certSecret === undefined) return keys === undefined ? {} : tlsKeysOf(keys);
  const own = keysOf(certSecret);
  const tls = tlsKeysOf(own);
  if (tls.ca === undefined && tls.certificate === undefined) throw own.invalid("has neither 'ca.crt' nor 'tls.crt' and 'tls.key'");
  return tls;
}
