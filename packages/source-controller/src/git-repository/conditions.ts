import type { ConditionUpdate } from '@gotk/runtime';

/** What goes wrong with a repository, besides Ready (contract 1.1). */
export type Trouble = 'FetchFailed' | 'StorageOperationFailed';

const TROUBLES: readonly Trouble[] = ['FetchFailed', 'StorageOperationFailed'];

/** The one trouble there is, and no other. */
export const inTrouble = (
  type: Trouble,
  { reason, message }: { readonly reason: string; readonly message: string },
): readonly ConditionUpdate[] => [
  { type, status: 'True', reason, message },
  ...TROUBLES.filter((other) => other !== type).map((other) => ({ type: other, absent: true }) as const),
];

export const inStorage = (message: string): readonly ConditionUpdate[] => [
  { type: 'ArtifactInStorage', status: 'True', reason: 'Succeeded', message },
  ...TROUBLES.map((type) => ({ type, absent: true }) as const),
];
