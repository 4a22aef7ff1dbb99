import { InvalidLogin } from '@gotk/auth';
import { GitError } from '@gotk/git';
import { TaskFailed } from '@gotk/runtime';
import type { StagePolicy } from '../source/stage.ts';

/** The parts of a GitRepository's reconciliation that can fail. */
export type GitStage = 'login' | 'fetch' | 'archive';

/** What each failure is called (contract 1.1). */
export const stagesOf = (url: string): Readonly<Record<GitStage, StagePolicy>> => ({
  login: {
    condition: 'FetchFailed',
    reason: () => 'AuthenticationFailed',
    attempt: `failed to log in to '${url}'`,
    // Not the login's fault: the API server did not answer for the Secret.
    isForeign: (error) => !(error instanceof InvalidLogin),
  },
  fetch: {
    condition: 'FetchFailed',
    reason: (error) => (error instanceof GitError && error.kind === 'unauthorized' ? 'AuthenticationFailed' : 'GitOperationFailed'),
    attempt: `failed to checkout and determine revision of '${url}'`,
  },
  archive: {
    condition: 'StorageOperationFailed',
    reason: (error) => (error instanceof TaskFailed && error.errorName === 'GitError' ? 'GitOperationFailed' : 'ArchiveOperationFailed'),
    attempt: `failed to store the artifact of '${url}'`,
  },
});
