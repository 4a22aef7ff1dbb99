import type { OwnedConditions } from '@gotk/runtime';

/** What the status of every source says besides Ready, Reconciling and Stalled (contract 1.1). */
export const sourceConditions = {
  ArtifactInStorage: 'positive',
  ArtifactOutdated: 'negative',
  FetchFailed: 'negative',
  StorageOperationFailed: 'negative',
} as const satisfies OwnedConditions;
