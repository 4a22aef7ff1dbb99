import type { ObjectKey } from '@gotk/apimachinery';
import { renderKey } from '@gotk/apimachinery';
import { cached, dropCached, environmentProxy, type HttpAccess, InvalidLogin, type Reach } from '@gotk/auth';
import { ownIdentity, type ServiceAccountReader } from '@gotk/runtime';
import { type KeyServices, type VaultToken, vaultLogin, vaultService } from '@gotk/sops/keys';
import type { ControllerMeans, DecryptionMeans } from './means.ts';
import { vaultInstances } from './vault-instances.ts';

export interface VaultServicesOptions {
  /** Where a server may be. */
  readonly reach: Reach;
  /** Of `--sops-vault-configmap`; undefined: nobody logs in by a ServiceAccount. */
  readonly vaultInstances: ObjectKey | undefined;
  readonly client: ServiceAccountReader['client'];
  readonly means: ControllerMeans;
}

/**
 * The key service of Vault: with the token of the Secret; or as a ServiceAccount, at the servers that the operator lists; or with the token
 * that the controller's environment has for one server.
 */
export function vaultServices(
  token: string | undefined,
  means: DecryptionMeans,
  options: VaultServicesOptions,
): Pick<KeyServices, 'hc_vault'> {
  const { variables } = options.means.environment;
  const how = { reach: options.reach, clock: options.means.clock, access: accessBy(options.means) };
  if (token !== undefined) return { hc_vault: vaultService({ ...how, tokenFor: async () => ({ token }) }) };
  const config = options.vaultInstances;
  if (config !== undefined) {
    let instances: Promise<ReadonlyMap<string, string>> | undefined;
    const tokenFor = async (address: string, signal: AbortSignal): Promise<VaultToken> => {
      instances ??= vaultInstances(config, { client: options.client, signal });
      const loginPath = (await instances).get(address);
      if (loginPath === undefined) throw new InvalidLogin(`ConfigMap '${renderKey(config)}' does not list the address`);
      return await loggedIn({ address, loginPath }, { means, options, how, signal });
    };
    return { hc_vault: vaultService({ ...how, tokenFor }) };
  }
  const { VAULT_TOKEN: own, VAULT_ADDR: home } = variables;
  if (!own) return {};
  const tokenFor = async (address: string): Promise<VaultToken> => {
    // Files say where to ask: the controller's token is not for whomever one of them names.
    if (home === undefined || URL.parse(home)?.origin !== URL.parse(address)?.origin)
      throw new InvalidLogin('the VAULT_TOKEN of the controller is for the server of its VAULT_ADDR alone');
    return { token: own };
  };
  return { hc_vault: vaultService({ ...how, tokenFor }) };
}

interface LogIn {
  readonly means: DecryptionMeans;
  readonly options: VaultServicesOptions;
  readonly how: Pick<Parameters<typeof vaultService>[0], 'reach' | 'clock' | 'access'>;
  readonly signal: AbortSignal;
}

async function loggedIn(
  { address, loginPath }: { readonly address: string; readonly loginPath: string },
  { means, options, how, signal }: LogIn,
): Promise<VaultToken> {
  const assumed = await means.assumed('decrypt_with_vault', signal);
  const identity = assumed.identity ?? (await ownIdentity(assumed.environment, options.client));
  const key = ['vault', address, loginPath];
  const who = { ...assumed, identity };
  const { token } = await cached(key, who, async (shared) =>
    vaultLogin(
      { loginPath, role: `${identity.namespace}_${identity.name}`, jwt: await identity.token([address], shared.signal) },
      { ...how, address, signal: shared.signal },
    ),
  );
  return { token, drop: () => dropCached(key, who) };
}

/** As Vault's own client does: authorities and proxies of the environment. */
function accessBy({ environment: { variables, readFile } }: ControllerMeans) {
  return async (url: URL): Promise<Omit<HttpAccess, 'login'>> => {
    const proxy = environmentProxy(url, variables);
    const path = variables.VAULT_CACERT;
    if (!path) return proxy === undefined ? {} : { proxy };
    const ca = await readFile(path).catch(() => {
      throw new InvalidLogin(`failed to read VAULT_CACERT at ${path}`);
    });
    return { ca, ...(proxy === undefined ? {} : { proxy }) };
  };
}
