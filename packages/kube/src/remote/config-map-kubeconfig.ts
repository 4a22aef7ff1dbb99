import { type Clock, type KubeObject, keyOf, renderKey } from '@gotk/apimachinery';
import { load } from 'js-yaml';
import type { KubeClient } from '../client.ts';
import type { ClusterConnection } from '../connection.ts';
import { isServiceAccountName } from '../impersonation.ts';
import { serviceAccountToken } from './service-account-token.ts';
import { checkAuthority, checkServer } from './tenant-kubeconfig.ts';
import type { TenantPolicy } from './tenant-policy.ts';
import { UnsupportedProvider, UnusableKubeconfig } from './unusable-kubeconfig.ts';

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>> | null;
}

export interface ConfigMapKubeconfig {
  readonly configMap: ConfigMap;
  /** `--default-kubeconfig-service-account`: of the ConfigMap's namespace, where it names none itself. */
  readonly defaultServiceAccount?: string | undefined;
}

export interface TokenSource {
  readonly client: KubeClient;
  readonly clock: Clock;
  /** Aborts with the last of those who use the connection. */
  readonly signal: AbortSignal;
}

/** What a ConfigMap of provider `generic` says. */
export interface GenericCluster {
  /** `https://host:port`, lower-case. */
  readonly server: string;
  readonly ca: string | undefined;
  readonly audiences: readonly string[];
  readonly serviceAccountName: string;
}

const MAX_BYTES = 256 * 1024;
const MAX_AUDIENCES = 16;
const CLOUDS = ['aws', 'azure', 'gcp'];

/**
 * The connection that a `kubeConfig.configMapRef` describes: to `address`, trusting `ca.crt`, as a ServiceAccount of the ConfigMap's namespace, whose
 * token is asked for in our own cluster. Throws `UnusableKubeconfig`, and `UnsupportedProvider` for every provider but `generic`.
 */
export function configMapConnection(
  source: ConfigMapKubeconfig,
  policy: TenantPolicy,
  { client, clock, signal }: TokenSource,
): ClusterConnection {
  const { server, ca, audiences, serviceAccountName } = parseGenericCluster(source, policy);
  const { namespace } = keyOf(source.configMap);
  return {
    server,
    ...(ca === undefined ? {} : { ca }),
    ...(policy.allowLocalAddresses === true ? {} : { reach: 'remote' }),
    token: serviceAccountToken({ namespace, name: serviceAccountName }, { client, clock, audiences, signal }),
  };
}

/** Reads the ConfigMap's keys (fluxcd/pkg, `auth/utils/restconfig.go`). Throws as `configMapConnection` does. */
export function parseGenericCluster({ configMap, defaultServiceAccount }: ConfigMapKubeconfig, policy: TenantPolicy): GenericCluster {
  const name = `ConfigMap '${renderKey(keyOf(configMap))}'`;
  const data = configMap.data ?? {};
  const value = (key: string): string | undefined => (Object.hasOwn(data, key) && data[key] !== '' ? data[key] : undefined);
  const unusable = (problem: string) => new UnusableKubeconfig(name, problem);

  if (Object.values(data).reduce((sum, text) => sum + text.length, 0) > MAX_BYTES)
    throw unusable(`it is longer than ${MAX_BYTES / 1024} KiB`);
  const provider = value('provider');
  if (provider === undefined) throw unusable(`it has no key 'provider': it must be 'generic'`);
  if (provider !== 'generic') {
    const known = CLOUDS.includes(provider) ? `provider '${provider}'` : 'its provider';
    throw new UnsupportedProvider(name, `${known} is not in this release: use provider 'generic', or a kubeconfig in a Secret`);
  }
  const address = value('address');
  if (address === undefined) throw unusable(`it has no key 'address', which provider 'generic' needs`);
  const ca = value('ca.crt');
  const serviceAccountName = value('serviceAccountName') ?? (defaultServiceAccount || undefined);
  // Flux takes the controller's own identity then. Its token would go to a server, and for an audience, of the tenant's choosing.
  if (serviceAccountName === undefined) throw unusable(`it has no key 'serviceAccountName', and the controller has no default for it`);
  if (!isServiceAccountName(serviceAccountName)) throw unusable(`'serviceAccountName' is not the name of a ServiceAccount`);
  try {
    checkAuthority(ca, 'ca.crt');
    return { server: serverOf(address, policy), ca, audiences: parseAudiences(value('audiences')) ?? [address], serviceAccountName };
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error));
  }
}

/** Scheme and port may be left out; a path is, as upstream does. */
function serverOf(address: string, policy: TenantPolicy): string {
  const server = address.includes('://') ? address : `https://${address}`;
  checkServer(server, 'address', policy);
  const { hostname, port } = new URL(server);
  return `https://${hostname}:${port || '443'}`;
}

function parseAudiences(text: string | undefined): readonly string[] | undefined {
  if (text === undefined) return undefined;
  let list: unknown;
  try {
    list = load(text);
  } catch {
    list = undefined;
  }
  const texts = Array.isArray(list) ? list.filter((item): item is string => typeof item === 'string' && item !== '') : [];
  if (!Array.isArray(list) || texts.length !== list.length || texts.length === 0 || texts.length > MAX_AUDIENCES)
    throw new Error(`'audiences' is not a YAML list of 1 to ${MAX_AUDIENCES} texts`);
  return texts;
}
