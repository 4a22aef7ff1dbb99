import type { UnsupportedField } from '@gotk/runtime';

/** What a GitRepository can ask for and this release does not do. */
export const unsupported: readonly UnsupportedField[] = [
  { path: 'url', accepts: (url) => typeof url === 'string' && /^https?:\/\//.test(url) },
  { path: 'provider', accepts: (provider) => provider === 'generic' },
  { path: 'serviceAccountName' },
  { path: 'verify' },
  { path: 'proxySecretRef' },
  { path: 'recurseSubmodules' },
  { path: 'include' },
  { path: 'sparseCheckout' },
];
