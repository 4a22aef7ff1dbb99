// What has to do with master keys, those without a network apart: threads that read files have no need of it.
export { recoverDataKey } from './keys/data-key.ts';
export type { KeyService, KeyServices, MasterKey, MasterKeyOf } from './keys/master-key.ts';
export { type AwsKmsOptions, awsKmsService } from './kms/aws-kms.ts';
export { type AzureKeyVaultOptions, azureKeyVaultService } from './kms/azure-key-vault.ts';
export { type GcpKmsOptions, gcpKmsService } from './kms/gcp-kms.ts';
export { type IssuedVaultToken, type VaultLogin, vaultLogin } from './kms/vault-login.ts';
export type { VaultServer } from './kms/vault-server.ts';
export { type VaultOptions, type VaultToken, vaultService } from './kms/vault-transit.ts';
