// What has to do with master keys: threads that read files have no need of it.
export { ageIdentities, ageService } from './keys/age.ts';
export { recoverDataKey } from './keys/data-key.ts';
export type { KeyService, KeyServices, MasterKey, MasterKeyOf } from './keys/master-key.ts';
export { pgpKeys, pgpService } from './keys/pgp.ts';
export { type AwsKmsOptions, awsKmsService } from './kms/aws-kms.ts';
export { type AzureKeyVaultOptions, azureKeyVaultService } from './kms/azure-key-vault.ts';
export { type GcpKmsOptions, gcpKmsService } from './kms/gcp-kms.ts';
export { type VaultOptions, vaultService } from './kms/vault-transit.ts';
