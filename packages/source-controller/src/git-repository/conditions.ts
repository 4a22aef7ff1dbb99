import type { OwnedConditions } from '@gotk/runtime';

/** What a GitRepository's status says besides Ready, Reconciling and Stalled (contract 1.1). */
export const conditions = {
  ArtifactInStorage: 'positive',
  FetchFailed: 'negative',
  StorageOperationFailed: 'negative',
} as const satisfies OwnedConditions;

/** What can be wrong with a repository. */
export type Trouble = Exclude<keyof typeof conditions, 'ArtifactInStorage'>;
