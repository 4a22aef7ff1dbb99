import { isRecord, type KubeObject, type ObjectKey, type Resource, renderKey } from '@gotk/apimachinery';
import { InvalidYaml, readYaml } from '@gotk/apimachinery/yaml';
import { InvalidLogin } from '@gotk/auth';
import { isNotFound } from '@gotk/kube';
import type { ServiceAccountReader } from '@gotk/runtime';

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>> | null;
}

const CONFIG_MAPS: Resource<ConfigMap> = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const KEY = 'config.yaml';
const MAX_BYTES = 256 * 1024;

/**
 * Where to log in to which server of Vault: login paths by addresses, as the ConfigMap of `--sops-vault-configmap` lists them. Servers that
 * are not listed get no token of the cluster. Throws `InvalidLogin`, or what the API server says.
 */
export async function vaultInstances(
  key: ObjectKey,
  { client, signal }: Pick<ServiceAccountReader, 'client' | 'signal'>,
): Promise<ReadonlyMap<string, string>> {
  const name = `ConfigMap '${renderKey(key)}'`;
  const { data } = await client.get(CONFIG_MAPS, key, { signal }).catch((error: unknown) => {
    throw isNotFound(error) ? new InvalidLogin(`${name} not found`) : error;
  });
  const text = data?.[KEY];
  if (text === undefined) throw new InvalidLogin(`${name} has no '${KEY}'`);
  const { instances } = mappingIn(text, name);
  if (!Array.isArray(instances)) throw new InvalidLogin(`'${KEY}' of ${name} has no list of instances`);
  return new Map(
    instances.map((instance: unknown) => {
      const { address, loginPath } = isRecord(instance) ? instance : {};
      if (typeof address !== 'string' || typeof loginPath !== 'string' || loginPath === '')
        throw new InvalidLogin(`'${KEY}' of ${name} has an instance without 'address' or 'loginPath'`);
      return [address, loginPath];
    }),
  );
}

function mappingIn(text: string, name: string): Readonly<Record<string, unknown>> {
  try {
    const [document] = readYaml(Buffer.from(text), { dialect: 'text', duplicates: 'last', maxBytes: MAX_BYTES });
    if (isRecord(document)) return document;
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
  }
  throw new InvalidLogin(`'${KEY}' of ${name} is no YAML mapping`);
}
