export * from './http-login.ts';
export * from './redact.ts';
