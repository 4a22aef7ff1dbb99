import type { AwsKeys, LoginSecret } from '@gotk/auth';
import { yamlTexts } from './yaml-texts.ts';

/** What Secrets call the keys of each kind. */
export const KeyFile = {
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

/** Reads a file of a Secret. Throws `InvalidKeyFile` with the name of the file. */
export async function imported<T>(name: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new InvalidKeyFile(`failed to import '${name}': ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Throws `Error`. */
export function awsKeysIn(text: string): AwsKeys {
  const {
    aws_access_key_id: accessKeyId = '',
    aws_secret_access_key: secretAccessKey = '',
    aws_session_token: sessionToken,
  } = yamlTexts(text);
  if (accessKeyId === '' || secretAccessKey === '') throw new InvalidKeyFile("needs both 'aws_access_key_id' and 'aws_secret_access_key'");
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined || sessionToken === '' ? {} : { sessionToken }) };
}

/**
 * An application as Entra's documentation names its fields, or as the `az` program prints it; or, by its client alone, an identity of the
 * machine, where that is not only for the controller. Throws `Error`.
 */
export function azureLoginIn(text: string, { isMachineAllowed }: { readonly isMachineAllowed: boolean }): LoginSecret {
  const { appId, tenant, password, ...given } = yamlTexts(text);
  if ((given.clientCertificatePassword ?? '') !== '') throw new InvalidKeyFile('a certificate with a passphrase is not supported');
  const isPrinted = given.clientSecret === undefined && given.clientCertificate === undefined && appId && tenant && password;
  const fields = isPrinted ? { ...given, clientId: appId, tenantId: tenant, clientSecret: password } : given;
  if ((fields.clientId ?? '') === '')
    throw new InvalidKeyFile("needs a 'clientId', with a 'tenantId' and 'clientSecret' or 'clientCertificate'");
  const isApplication = fields.tenantId && (fields.clientSecret || fields.clientCertificate);
  if (!isApplication && !isMachineAllowed)
    throw new InvalidKeyFile('identities of the machine are not for objects that decrypt as a ServiceAccount');
  const data = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
  return { metadata: { name: KeyFile.Azure }, type: 'Opaque', data };
}
