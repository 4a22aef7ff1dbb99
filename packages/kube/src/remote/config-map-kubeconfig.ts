import type { Clock, ObjectKey } from '@gotk/apimachinery';
import { load } from 'js-yaml';
import type { KubeClient } from '../client.ts';
import type { ClusterConnection } from '../connection.ts';
import { type ConfigMapKubeconfig, keysOf } from './config-map-keys.ts';
import { serviceAccountToken } from './service-account-token.ts';
import type { TenantPolicy } from './tenant-policy.ts';
import { UnsupportedProvider, UnusableKubeconfig } from './unusable-kubeconfig.ts';

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
  readonly account: ObjectKey;
}

const MAX_AUDIENCES = 16;

/**
 * The connection that a ConfigMap of provider `generic` describes: to `address`, trusting `ca.crt`, as a ServiceAccount of the ConfigMap's namespace, whose
 * token is asked for in our own cluster. Throws `UnusableKubeconfig`, and `UnsupportedProvider` for a provider that Flux does not have.
 */
export function configMapConnection(
  source: ConfigMapKubeconfig,
  policy: TenantPolicy,
  { client, clock, signal }: TokenSource,
): ClusterConnection {
  const { server, ca, audiences, account } = parseGenericCluster(source, policy);
  return {
    server,
    ...(ca === undefined ? {} : { ca }),
    ...(policy.allowLocalAddresses === true ? {} : { reach: 'remote' }),
    token: serviceAccountToken(account, { client, clock, audiences, signal }),
  };
}

/** Throws as `configMapConnection` does. */
export function parseGenericCluster(source: ConfigMapKubeconfig, policy: TenantPolicy): GenericCluster {
  const { name, provider, value, server, ca, account, unusable } = keysOf(source, policy);
  if (provider !== 'generic') throw new UnsupportedProvider(name, `its provider is none of 'generic', 'aws', 'azure' and 'gcp'`);
  const address = value('address');
  if (address === undefined) throw unusable(`it has no key 'address', which provider 'generic' needs`);
  // Flux takes the controller's own identity then. Its token would go to a server, and for an audience, of the tenant's choosing.
  if (account === undefined) throw unusable(`it has no key 'serviceAccountName', and the controller has no default for it`);
  try {
    return { server: server(address), ca, audiences: parseAudiences(value('audiences')) ?? [address], account };
  } catch (error) {
    throw error instanceof UnusableKubeconfig ? error : unusable(error instanceof Error ? error.message : String(error));
  }
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
