import type { UnsupportedField } from '@gotk/runtime';

/** What a Kustomization can ask for and this release does not do. */
export const unsupported: readonly UnsupportedField[] = [{ path: 'decryption.serviceAccountName' }];
