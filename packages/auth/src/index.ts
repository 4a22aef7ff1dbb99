export { environmentProxy } from './access/environment-proxy.ts';
export { type AccessRules, type AccessSecrets, httpAccessOf } from './access/http-access-of.ts';
export { httpProxyFrom } from './access/proxy-of.ts';
export { type RegistryLogin, type RegistrySecrets, registryLoginFrom } from './access/registry-login-from.ts';
export type { LoginSecret } from './access/secret-keys.ts';
export { type SshAccess, sshAccessFrom } from './access/ssh-access-from.ts';
export { assumeRoleWithKeys } from './cloud/aws/assume-role.ts';
export type { AwsCredentials, AwsKeys, AwsPlace } from './cloud/aws/aws-credentials.ts';
export { awsCredentials } from './cloud/aws/credentials.ts';
export { ldapCredentials } from './cloud/aws/ldap-credentials.ts';
export { signedHeaders } from './cloud/aws/sigv4.ts';
export { domainOf } from './cloud/aws/sts.ts';
export { AzureScope, type AzureToken, azureToken } from './cloud/azure/azure-token.ts';
export { azureSecretToken } from './cloud/azure/secret-token.ts';
export * from './cloud/cloud-login.ts';
export * from './cloud/cluster.ts';
export type { ClusterEndpoint, ClusterToken, KubeconfigReader } from './cloud/cluster-answer.ts';
export { tokenByAccountKey } from './cloud/gcp/account-key.ts';
export { type GcpToken, gcpToken } from './cloud/gcp/gcp-token.ts';
export { IdentityError, type IdentityProvider } from './cloud/identity-error.ts';
export {
  askCloud,
  type CloudMeans,
  type ControllerEnvironment,
  cached,
  dropCached,
  type Issued,
  type WorkloadIdentity,
} from './cloud/means.ts';
export { fieldsOf, textField } from './cloud/provider-call.ts';
export { type GitHubAppOptions, type GitHubAppSecrets, githubAppAccess } from './github-app/github-app-access.ts';
export { hasGitHubApp } from './github-app/github-app-from.ts';
export * from './http-login.ts';
export { dial } from './outbound/dial.ts';
export * from './outbound/http-access.ts';
export * from './outbound/http-client.ts';
export { HttpFailure } from './outbound/http-failure.ts';
export type * from './outbound/http-message.ts';
export { isLocalAddress, LocalAddress, refuseLocalHost, remoteLookup } from './outbound/outbound-address.ts';
export { withoutSecrets } from './outbound/shown-url.ts';
export { redact } from './redact.ts';
export { createSecretMask, type SecretData, type SecretMask, type SecretMaskOptions } from './secret-mask.ts';
export * from './secret-masks.ts';
export * from './token-cache/token-cache.ts';
