import { azureSecretToken, cached, tokenByAccountKey } from '@gotk/auth';
import { awsKmsService, azureKeyVaultService, gcpKmsService, type KeyServices } from '@gotk/sops/keys';
import { awsKeysIn, azureLoginIn, InvalidKeyFile, imported, KeyFile } from './key-files.ts';
import type { DecryptionMeans } from './means.ts';

type CloudServices = Pick<KeyServices, 'kms' | 'azure_kv' | 'gcp_kms'>;

/** The key services of clouds: what the files of the Secret say comes before identities, each for its own cloud. Throws `InvalidKeyFile`. */
export async function cloudServices(files: ReadonlyMap<string, string>, means: DecryptionMeans): Promise<CloudServices> {
  return {
    kms: await awsService(files.get(KeyFile.Aws), means),
    azure_kv: await azureService(files.get(KeyFile.Azure), means),
    gcp_kms: gcpService(files.get(KeyFile.Gcp), means),
  };
}

async function awsService(file: string | undefined, means: DecryptionMeans): Promise<CloudServices['kms']> {
  if (file === undefined)
    return async (key, signal) => await awsKmsService({ means: await means.assumed('decrypt_with_aws', signal) })(key, signal);
  const keys = await imported(KeyFile.Aws, () => awsKeysIn(file));
  return awsKmsService({ means: means.own('decrypt_with_aws'), keys });
}

async function azureService(file: string | undefined, means: DecryptionMeans): Promise<CloudServices['azure_kv']> {
  if (file === undefined)
    return async (key, signal) => await azureKeyVaultService({ means: await means.assumed('decrypt_with_azure', signal) })(key, signal);
  const login = await imported(KeyFile.Azure, () => azureLoginIn(file, { isMachineAllowed: !means.isLockedDown }));
  return azureKeyVaultService({
    means: means.own('decrypt_with_azure'),
    async token(scope, own) {
      const token = await azureSecretToken(login, scope, own);
      if (token === undefined) throw new InvalidKeyFile(`'${KeyFile.Azure}' names no application`);
      return token;
    },
  });
}

function gcpService(file: string | undefined, means: DecryptionMeans): CloudServices['gcp_kms'] {
  if (file === undefined)
    return async (key, signal) => await gcpKmsService({ means: await means.assumed('decrypt_with_gcp', signal) })(key, signal);
  const json = file.trim();
  return gcpKmsService({
    means: means.own('decrypt_with_gcp'),
    token: (own) => cached(['gcp-key', json], own, (shared) => tokenByAccountKey(json, shared)),
  });
}
