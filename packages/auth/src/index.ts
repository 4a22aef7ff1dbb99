export * from './http-login.ts';
export { redact } from './redact.ts';
export { createSecretMask, type SecretData, type SecretMask, type SecretMaskOptions } from './secret-mask.ts';
export * from './secret-masks.ts';
