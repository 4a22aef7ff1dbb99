import { type KubeObject, keyOf, type ObjectKey, renderKey } from '@gotk/apimachinery';
import { isServiceAccountName } from '../impersonation.ts';
import { checkAuthority, checkServer } from './tenant-kubeconfig.ts';
import type { TenantPolicy } from './tenant-policy.ts';
import { UnusableKubeconfig } from './unusable-kubeconfig.ts';

export interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>> | null;
}

export interface ConfigMapKubeconfig {
  readonly configMap: ConfigMap;
  /** `--default-kubeconfig-service-account`: of the ConfigMap's namespace, where it names none itself. */
  readonly defaultServiceAccount?: string | undefined;
}

/** The keys that every provider has (fluxcd/pkg, `auth/utils/restconfig.go`). */
export interface ConfigMapKeys {
  /** As `ConfigMap 'apps/prod'`. */
  readonly name: string;
  readonly provider: string;
  /** What is empty is not there. */
  value(key: string): string | undefined;
  /** The address as `https://host:port`, lower-case: scheme and port may be left out; a path is, as upstream does. */
  server(address: string): string;
  readonly ca: string | undefined;
  /** Whom to come as, of the ConfigMap's namespace. */
  readonly account: ObjectKey | undefined;
  unusable(problem: string): UnusableKubeconfig;
}

const MAX_BYTES = 256 * 1024;

/** Throws `UnusableKubeconfig`. */
export function keysOf({ configMap, defaultServiceAccount }: ConfigMapKubeconfig, policy: TenantPolicy): ConfigMapKeys {
  const { namespace } = keyOf(configMap);
  const name = `ConfigMap '${renderKey(keyOf(configMap))}'`;
  const data = configMap.data ?? {};
  const value = (key: string): string | undefined => (Object.hasOwn(data, key) && data[key] !== '' ? data[key] : undefined);
  const unusable = (problem: string) => new UnusableKubeconfig(name, problem);
  const checked = <T>(check: () => T): T => {
    try {
      return check();
    } catch (error) {
      throw unusable(error instanceof Error ? error.message : String(error));
    }
  };

  if (Object.values(data).reduce((sum, text) => sum + text.length, 0) > MAX_BYTES)
    throw unusable(`it is longer than ${MAX_BYTES / 1024} KiB`);
  const provider = value('provider');
  if (provider === undefined) throw unusable(`it has no key 'provider': it must be 'generic', 'aws', 'azure' or 'gcp'`);
  const serviceAccount = value('serviceAccountName') ?? (defaultServiceAccount || undefined);
  if (serviceAccount !== undefined && !isServiceAccountName(serviceAccount))
    throw unusable(`'serviceAccountName' is not the name of a ServiceAccount`);
  const ca = value('ca.crt');
  checked(() => checkAuthority(ca, 'ca.crt'));
  return {
    name,
    provider,
    value,
    server: (address) => checked(() => serverOf(address, policy)),
    ca,
    account: serviceAccount === undefined ? undefined : { namespace, name: serviceAccount },
    unusable,
  };
}

function serverOf(address: string, policy: TenantPolicy): string {
  const server = address.includes('://') ? address : `https://${address}`;
  checkServer(server, 'address', policy);
  const { hostname, port } = new URL(server);
  return `https://${hostname}:${port || '443'}`;
}
