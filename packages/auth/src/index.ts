export * from './http-login.ts';
export * from './outbound/http-access.ts';
export * from './outbound/http-client.ts';
export { HttpFailure } from './outbound/http-failure.ts';
export { isLocalAddress, LocalAddress, refuseLocalHost, remoteLookup } from './outbound/outbound-address.ts';
export { withoutSecrets } from './outbound/shown-url.ts';
export { redact } from './redact.ts';
export { createSecretMask, type SecretData, type SecretMask, type SecretMaskOptions } from './secret-mask.ts';
export * from './secret-masks.ts';
