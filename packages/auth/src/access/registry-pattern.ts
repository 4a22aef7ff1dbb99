import { matchesWildcards } from '@gotk/apimachinery';

/** Which repositories an entry of a Docker configuration is for. */
export interface RegistryPattern {
  /** Lower-case, without a default port. The labels may have `*` and `?` in them, which stand for no dot. */
  readonly host: string;
  readonly port: string;
  /** Without slashes at its ends; '' for all. */
  readonly path: string;
}

/** Docker's own registry has several names. */
const DOCKER_HUB: ReadonlySet<string> = new Set(['docker.io', 'registry-1.docker.io', 'registry.hub.docker.com']);

/**
 * Takes an entry apart as the kubelet does: the scheme does not matter, `/v1/` and `/v2/` belong to the host. Undefined for what names no
 * host, or has a login in it: `https://ghcr.io@evil.example` is meant to be taken for something else.
 */
export function registryPatternOf(entry: string): RegistryPattern | undefined {
  const [, host = '', port = '', path = ''] =
    /^(?:https?:\/\/)?([\w.*?-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::(\d{1,5}))?(\/[^\s@?#]{0,1000})?$/i.exec(entry.trim()) ?? [];
  if (host === '') return undefined;
  const name = host.toLowerCase();
  return {
    host: DOCKER_HUB.has(name) ? 'index.docker.io' : name,
    port: port === '443' ? '' : port,
    path: path.replace(/^\/v[12](?=\/|$)/, '').replace(/^\/+|\/+$/g, ''),
  };
}

/**
 * Whether an entry is for a repository: the same host, label by label, the same port, and a path that begins with its own, part by part.
 */
export function isFor(pattern: RegistryPattern, repository: RegistryPattern): boolean {
  const [labels, others] = [pattern.host.split('.'), repository.host.split('.')];
  return (
    pattern.port === repository.port &&
    labels.length === others.length &&
    labels.every((label, index) => matchesWildcards(label, others[index] ?? '')) &&
    (pattern.path === '' || `${repository.path}/`.startsWith(`${pattern.path}/`))
  );
}

/** The longest path first, then hosts without wildcards. */
export const bySpecificity = (a: RegistryPattern, b: RegistryPattern): number =>
  b.path.length - a.path.length || Number(/[*?]/.test(a.host)) - Number(/[*?]/.test(b.host));
