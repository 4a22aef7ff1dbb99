import { InvalidLogin } from '@gotk/auth';
import { BucketError } from '@gotk/bucket';
import type { StagePolicy } from '../source/stage.ts';

/** The parts of a Bucket's reconciliation that can fail. */
export type BucketStage = 'login' | 'fetch' | 'archive';

/** What each failure is called (contract 1.1). */
export const stagesOf = (bucket: string): Readonly<Record<BucketStage, StagePolicy>> => ({
  login: {
    condition: 'FetchFailed',
    reason: () => 'AuthenticationFailed',
    attempt: `failed to log in for bucket '${bucket}'`,
    // Not the login's fault: the API server did not answer for the Secret.
    isForeign: (error) => !(error instanceof InvalidLogin || error instanceof BucketError),
  },
  fetch: {
    condition: 'FetchFailed',
    reason: (error) => (error instanceof InvalidLogin ? 'AuthenticationFailed' : 'BucketOperationFailed'),
    attempt: `failed to fetch from bucket '${bucket}'`,
  },
  archive: {
    condition: 'StorageOperationFailed',
    reason: () => 'ArchiveOperationFailed',
    attempt: `failed to store the artifact of bucket '${bucket}'`,
  },
});
