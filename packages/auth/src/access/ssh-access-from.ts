import { decoded } from './percent-decoded.ts';
import { keysOf, type LoginSecret } from './secret-keys.ts';

/** What logging in over SSH takes. */
export interface SshAccess {
  /** From the URL; `git` unless it says otherwise. */
  readonly username: string;
  /** A private key, in the format that it was made in. */
  readonly identity: string;
  readonly publicKey?: string;
  /** Of the private key. */
  readonly passphrase?: string;
  /** The lines of a `known_hosts` file: the keys that the server may show. */
  readonly knownHosts: string;
}

/**
 * Reads `identity`, `known_hosts`, `identity.pub` and `password`, which is the key's passphrase. Throws `InvalidLogin`: nobody is let in
 * without the first two.
 */
export function sshAccessFrom(secret: LoginSecret, url: URL): SshAccess {
  const keys = keysOf(secret);
  const filled = (key: string): string | undefined => (keys.text(key)?.trim() === '' ? undefined : keys.text(key));
  const identity = filled('identity');
  if (identity === undefined) throw keys.invalid("has no 'identity', the private key that SSH needs");
  const knownHosts = filled('known_hosts');
  if (knownHosts === undefined) throw keys.invalid("has no 'known_hosts', the keys that the server may show");
  const [publicKey, passphrase] = [filled('identity.pub'), keys.text('password')];
  return {
    username: decoded(url.username) || 'git',
    identity,
    knownHosts,
    ...(publicKey === undefined ? {} : { publicKey }),
    ...(passphrase === undefined || passphrase === '' ? {} : { passphrase }),
  };
}
