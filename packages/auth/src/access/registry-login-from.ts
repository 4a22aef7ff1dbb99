import { withoutEnd } from '@gotk/apimachinery';
import { type DockerEntry, dockerEntriesOf, isDockerSecret, recordOf } from './docker-config.ts';
import { bySpecificity, isFor, type RegistryPattern, registryPatternOf } from './registry-pattern.ts';
import { keysOf, type LoginSecret } from './secret-keys.ts';

/** Credentials for one registry. */
export type RegistryLogin =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'basic'; readonly origin: string; readonly username: string; readonly password: string }
  /** A token for the registry itself: `registrytoken`. */
  | { readonly kind: 'bearer'; readonly origin: string; readonly token: string }
  /** A token that is exchanged for one: `identitytoken`. */
  | { readonly kind: 'identity'; readonly origin: string; readonly token: string };

export interface RegistrySecrets {
  /** Of `secretRef`: a Docker configuration, or `username` and `password` for the registry of the object. */
  readonly secret?: LoginSecret | undefined;
  /** Of the ServiceAccount: those that are no Docker configuration are not for registries. */
  readonly pullSecrets?: readonly LoginSecret[];
}

/**
 * The login for a repository such as `ghcr.io/team/app`, by the kubelet's rules: of all Secrets the entry with the longest path that leads
 * to it wins, and of two alike the one without wildcards, then the first. Anonymous when none is for it. Throws `InvalidLogin` for a Secret
 * that cannot be read, or a winner without a login.
 */
export function registryLoginFrom({ secret, pullSecrets = [] }: RegistrySecrets, repository: string): RegistryLogin {
  const wanted = /[*?]/.test(repository) ? undefined : registryPatternOf(repository);
  if (wanted === undefined) return { kind: 'anonymous' };
  const origin = `https://${wanted.host}${wanted.port === '' ? '' : `:${wanted.port}`}`;
  if (secret !== undefined && !isDockerSecret(secret)) return { ...passwordOf(secret), origin };

  const [best] = [...(secret === undefined ? [] : [secret]), ...pullSecrets.filter(isDockerSecret)]
    .flatMap(dockerEntriesOf)
    .flatMap((entry) => candidate(entry, wanted))
    .sort((a, b) => bySpecificity(a.pattern, b.pattern));
  return best === undefined ? { kind: 'anonymous' } : { ...loginOf(best.entry), origin };
}

function candidate(
  entry: DockerEntry,
  wanted: RegistryPattern,
): readonly { readonly entry: DockerEntry; readonly pattern: RegistryPattern }[] {
  const pattern = registryPatternOf(entry.registry);
  return pattern !== undefined && isFor(pattern, wanted) ? [{ entry, pattern }] : [];
}

function passwordOf(secret: LoginSecret) {
  const keys = keysOf(secret);
  const [username, password] = [keys.text('username'), keys.text('password')];
  if (username === undefined || password === undefined)
    throw keys.invalid("is neither a Docker configuration nor has it both 'username' and 'password'");
  return { kind: 'basic', username, password } as const;
}

function loginOf({ login, registry, keys }: DockerEntry) {
  const fields = recordOf(login) ?? {};
  const text = (name: string) => (typeof fields[name] === 'string' && fields[name] !== '' ? fields[name] : undefined);
  const [identity, token, auth] = [text('identitytoken'), text('registrytoken'), text('auth')];
  if (token !== undefined) return { kind: 'bearer', token } as const;
  if (identity !== undefined) return { kind: 'identity', token: identity } as const;
  // Docker pads with zero bytes.
  const [, username = text('username'), password = text('password')] =
    auth === undefined ? [] : (/^([^:]*):([\s\S]*)$/.exec(withoutEnd(Buffer.from(auth, 'base64').toString('utf8'), '\0')) ?? []);
  if (username === undefined || password === undefined) throw keys.invalid(`has no login for '${registry.slice(0, 200)}'`);
  return { kind: 'basic', username, password } as const;
}
