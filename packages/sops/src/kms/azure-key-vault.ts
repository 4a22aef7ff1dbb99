import { AzureScope, type AzureToken, askCloud, azureToken, type CloudMeans, fieldsOf, textField } from '@gotk/auth';
import type { KeyService } from '../keys/master-key.ts';
import { SopsError } from '../sops-error.ts';

export interface AzureKeyVaultOptions {
  readonly means: Omit<CloudMeans, 'signal'>;
  /** Absent: that of the controller, or of the ServiceAccount in `means`. */
  readonly token?: ((scope: AzureScope, means: CloudMeans) => Promise<AzureToken>) | undefined;
}

/** By the end of a vault's name, for whom a token is: the file says where the vault is, and nobody else's host may get one. */
const SCOPES: readonly (readonly [string, AzureScope])[] = [
  ['.vault.azure.net', AzureScope.KeyVault],
  ['.vault.azure.cn', AzureScope.KeyVaultChina],
  ['.vault.usgovcloudapi.net', AzureScope.KeyVaultGovernment],
  ['.managedhsm.azure.net', AzureScope.ManagedHsm],
];

const API_VERSION = '7.4';
const ALGORITHM = 'RSA-OAEP-256';
const CALL = { provider: 'azure', step: 'decrypt the data key with Azure Key Vault' } as const;

/** Asks a Key Vault of Azure. What is thrown is a `SopsError`, an `IdentityError`, or the signal's reason. */
export function azureKeyVaultService({ means, token = azureToken }: AzureKeyVaultOptions): KeyService<'azure_kv'> {
  return async ({ vaultUrl, name, version, encrypted }, signal) => {
    const vault = vaultOf(vaultUrl);
    if (!/^[\w-]{1,127}$/.test(name) || !/^[\w-]{0,64}$/.test(version)) throw new SopsError('malformed', 'the key has no name in a vault');
    if (!/^[\w-]{1,10000}$/.test(encrypted)) throw new SopsError('malformed', 'the encrypted data key is not base64');
    const own = { ...means, signal };
    const { token: bearer } = await token(vault.scope, own);
    const url = new URL(`https://${vault.host}/keys/${name}/${version === '' ? '' : `${version}/`}decrypt?api-version=${API_VERSION}`);
    const answer = await askCloud(
      {
        ...CALL,
        url,
        request: {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ alg: ALGORITHM, value: encrypted }),
          authorization: `Bearer ${bearer}`,
        },
        secrets: [bearer],
      },
      own,
    );
    return Buffer.from(textField(fieldsOf(answer), 'value', CALL), 'base64url');
  };
}

function vaultOf(vaultUrl: string): { readonly host: string; readonly scope: AzureScope } {
  const url = URL.parse(vaultUrl);
  const scope = SCOPES.find(([suffix]) => url?.hostname.endsWith(suffix))?.[1];
  if (url === null || scope === undefined || url.protocol !== 'https:' || url.port !== '' || url.pathname !== '/')
    throw new SopsError('unsupported', 'the vault is no Key Vault of Azure');
  return { host: url.hostname, scope };
}
