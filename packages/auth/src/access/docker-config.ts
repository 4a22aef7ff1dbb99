import { keysOf, type LoginSecret, type SecretKeys } from './secret-keys.ts';

/** What a Docker configuration says about one registry. */
export interface DockerEntry {
  /** As it is written: a host, perhaps with a scheme, a port, a path, wildcards. */
  readonly registry: string;
  readonly login: unknown;
  readonly keys: SecretKeys;
}

export const isDockerSecret = ({ data, type }: LoginSecret): boolean =>
  type === 'kubernetes.io/dockerconfigjson' ||
  type === 'kubernetes.io/dockercfg' ||
  data?.['.dockerconfigjson'] !== undefined ||
  data?.['.dockercfg'] !== undefined;

/** The entries of `.dockerconfigjson`, or of `.dockercfg`, which is the same without `auths` around it. Throws `InvalidLogin`. */
export function dockerEntriesOf(secret: LoginSecret): readonly DockerEntry[] {
  const keys = keysOf(secret);
  const key = keys.has('.dockerconfigjson') ? '.dockerconfigjson' : '.dockercfg';
  const text = keys.text(key);
  if (text === undefined) throw keys.invalid("has no '.dockerconfigjson'");
  const config = parsed(text);
  const auths = key === '.dockercfg' ? config : recordOf(config)?.auths;
  if (recordOf(config) === undefined || (auths !== undefined && recordOf(auths) === undefined))
    throw keys.invalid(`has no Docker configuration in '${key}'`);
  return Object.entries(recordOf(auths) ?? {}).map(([registry, login]) => ({ registry, login, keys }));
}

export const recordOf = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;

/** The parser quotes what it was given: its message is not passed on. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
