import { IdentityError, InvalidLogin } from '@gotk/auth';
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
    isForeign: (error) => !(isLogin(error) || error instanceof BucketError),
  },
  fetch: {
    condition: 'FetchFailed',
    reason: (error) => (isLogin(error) ? 'AuthenticationFailed' : 'BucketOperationFailed'),
    attempt: `failed to fetch from bucket '${bucket}'`,
  },
  archive: {
    condition: 'StorageOperationFailed',
    reason: () => 'ArchiveOperationFailed',
    attempt: `failed to store the artifact of bucket '${bucket}'`,
  },
});

const isLogin = (error: unknown): boolean => error instanceof InvalidLogin || error instanceof IdentityError;
