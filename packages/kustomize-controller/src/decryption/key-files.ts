import {
  type AwsKeys,
  type AzureScope,
  azureSecretToken,
  type CloudMeans,
  type LoginSecret,
  type Reach,
  tokenByAccountKey,
} from '@gotk/auth';
import {
  ageIdentities,
  ageService,
  awsKmsService,
  azureKeyVaultService,
  gcpKmsService,
  type KeyServices,
  pgpKeys,
  pgpService,
  vaultService,
} from '@gotk/sops/keys';
import { yamlTexts } from './yaml-texts.ts';

/** What Secrets call the keys of each kind. */
const KeyFile = {
  Age: '.agekey',
  Pgp: '.asc',
  Aws: 'sops.aws-kms',
  Azure: 'sops.azure-kv',
  Gcp: 'sops.gcp-kms',
  Vault: 'sops.vault-token',
} as const;

/** A file of a Secret that is not what its name says. The message names it, and quotes nothing of it. */
export class InvalidKeyFile extends Error {
  override readonly name = 'InvalidKeyFile';
}

export interface KeyFilesOptions {
  readonly means: Omit<CloudMeans, 'signal'>;
  /** Where a Vault server may be. */
  readonly reach: Reach;
}

/** By the names of the files in a Secret: those that are of no kind are not looked at. Throws `InvalidKeyFile`. */
export async function keyServicesOf(files: ReadonlyMap<string, string>, options: KeyFilesOptions): Promise<KeyServices> {
  const named = (suffix: string) => [...files].filter(([name]) => name.endsWith(suffix));
  const age = await Promise.all(named(KeyFile.Age).map(([name, text]) => imported(name, () => ageIdentities(text))));
  const pgp = await Promise.all(named(KeyFile.Pgp).map(([name, text]) => imported(name, () => pgpKeys(text))));
  return { age: ageService(age.flat()), pgp: pgpService(pgp.flat()), ...(await cloudServices(files, options)) };
}

async function cloudServices(files: ReadonlyMap<string, string>, { means, reach }: KeyFilesOptions): Promise<KeyServices> {
  const [aws, azure, gcp, vault] = [KeyFile.Aws, KeyFile.Azure, KeyFile.Gcp, KeyFile.Vault].map((name) => files.get(name));
  const keys = aws === undefined ? undefined : await imported(KeyFile.Aws, () => awsKeysIn(aws));
  const login = azure === undefined ? undefined : await imported(KeyFile.Azure, () => azureLoginIn(azure));
  const token = vault?.trim() ?? '';
  return {
    kms: awsKmsService({ means, keys }),
    azure_kv: azureKeyVaultService({ means, ...(login === undefined ? {} : { token: (scope, own) => azureTokenOf(login, scope, own) }) }),
    gcp_kms: gcpKmsService({ means, ...(gcp === undefined ? {} : { token: (own) => tokenByAccountKey(gcp.trim(), own) }) }),
    ...(token === '' ? {} : { hc_vault: vaultService({ token, reach, clock: means.clock }) }),
  };
}

async function imported<T>(name: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new InvalidKeyFile(`failed to import '${name}': ${error instanceof Error ? error.message : String(error)}`);
  }
}

function awsKeysIn(text: string): AwsKeys {
  const {
    aws_access_key_id: accessKeyId = '',
    aws_secret_access_key: secretAccessKey = '',
    aws_session_token: sessionToken,
  } = yamlTexts(text);
  if (accessKeyId === '' || secretAccessKey === '') throw new InvalidKeyFile("needs both 'aws_access_key_id' and 'aws_secret_access_key'");
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined || sessionToken === '' ? {} : { sessionToken }) };
}

/** An application as Entra's documentation names its fields, or as the `az` program prints it. */
function azureLoginIn(text: string): LoginSecret {
  const { appId, tenant, password, ...given } = yamlTexts(text);
  if ((given.clientCertificatePassword ?? '') !== '') throw new InvalidKeyFile('a certificate with a passphrase is not supported');
  const isPrinted = given.clientSecret === undefined && given.clientCertificate === undefined && appId && tenant && password;
  const fields = isPrinted ? { ...given, clientId: appId, tenantId: tenant, clientSecret: password } : given;
  if ((fields.clientId ?? '') === '')
    throw new InvalidKeyFile("needs a 'clientId', with a 'tenantId' and 'clientSecret' or 'clientCertificate'");
  const data = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  return { metadata: { name: KeyFile.Azure }, type: 'Opaque', data };
}

async function azureTokenOf(login: LoginSecret, scope: AzureScope, means: CloudMeans) {
  const token = await azureSecretToken(login, scope, means);
  if (token === undefined) throw new InvalidKeyFile(`'${KeyFile.Azure}' names no application`);
  return token;
}
