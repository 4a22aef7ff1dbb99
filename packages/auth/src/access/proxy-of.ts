import type { HttpProxy } from '../outbound/http-access.ts';
import { decoded } from './percent-decoded.ts';
import { keysOf, type LoginSecret } from './secret-keys.ts';

/** Upstream's. */
const MAX_ADDRESS_LENGTH = 2048;
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'socks5:']);
/** `URL` lets most characters through in hosts of schemes that it does not know. */
const HOST = /^(?:[\w.-]{1,253}|\[[0-9a-f:.]{2,45}\])$/i;

/**
 * The proxy that a Secret of `proxySecretRef` describes: `address`, and for those that want a login, `username` and `password`, which win
 * over what stands in the address. Throws `InvalidLogin`.
 */
export function httpProxyFrom(secret: LoginSecret): HttpProxy {
  const keys = keysOf(secret);
  const text = keys.text('address')?.trim();
  if (text === undefined || text === '') throw keys.invalid("has no 'address'");
  const address = text.length > MAX_ADDRESS_LENGTH ? null : URL.parse(text);
  if (address === null || !HOST.test(address.hostname)) throw keys.invalid("has no URL in 'address'");
  if (!SCHEMES.has(address.protocol)) throw keys.invalid("has an 'address' that is neither http://, https:// nor socks5://");

  const username = keys.text('username') ?? decoded(address.username);
  const password = keys.text('password') ?? decoded(address.password);
  if (username === '' && password !== '') throw keys.invalid("has a 'password' but no 'username'");
  const bare = new URL(`${address.protocol}//${address.host}`);
  return { address: bare, ...(username === '' ? {} : { login: { username, password } }) };
}
