import { DeadlineExceeded } from '@gotk/apimachinery';
import { IdentityError, InvalidLogin } from '@gotk/auth';
import { GitError } from '@gotk/git';
import { TaskFailed } from '@gotk/runtime';
import type { StagePolicy } from '../source/stage.ts';
import { INVALID_PROVIDER, ProviderMismatch } from './remote.ts';

/** The parts of a GitRepository's reconciliation that can fail. */
export type GitStage = 'login' | 'fetch' | 'keys' | 'verify' | 'include' | 'archive';

/** What each failure is called (contract 1.1). */
export const stagesOf = (url: string): Readonly<Record<GitStage, StagePolicy>> => ({
  login: {
    condition: 'FetchFailed',
    reason: (error) => (error instanceof ProviderMismatch ? INVALID_PROVIDER : 'AuthenticationFailed'),
    attempt: `failed to log in to '${url}'`,
    // Not the login's fault: the API server did not answer for the Secret.
    isForeign: (error) => !LOGIN_FAILURES.some((failure) => error instanceof failure),
  },
  fetch: { condition: 'FetchFailed', reason: reasonOfFetch, attempt: `failed to checkout and determine revision of '${url}'` },
  keys: {
    ...unverified,
    attempt: 'failed to read the public keys',
    isForeign: (error) => !(error instanceof InvalidLogin),
  },
  verify: { ...unverified, attempt: `failed to verify '${url}'` },
  include: {
    condition: 'StorageOperationFailed',
    reason: () => 'CopyFailure',
    attempt: `failed to include other repositories in '${url}'`,
  },
  archive: {
    condition: 'StorageOperationFailed',
    reason: () => 'ArchiveOperationFailed',
    attempt: `failed to store the artifact of '${url}'`,
  },
});

const LOGIN_FAILURES = [InvalidLogin, IdentityError, ProviderMismatch, DeadlineExceeded];

const unverified = { condition: 'SourceVerified', status: 'False', reason: () => 'VerificationError' } as const;

function reasonOfFetch(error: unknown): string {
  // A key that cannot be read is found out when it is first used.
  if (error instanceof InvalidLogin) return 'AuthenticationFailed';
  if (!(error instanceof GitError)) return 'GitOperationFailed';
  if (error.kind === 'unauthorized') return 'AuthenticationFailed';
  return error.kind === 'empty-repository' ? 'EmptyGitRepository' : 'GitOperationFailed';
}

/** Which part of making a draft has failed: it may have been made for several objects, and each gives it its own words. */
export function troubleWith(error: unknown): GitStage {
  if (error instanceof TaskFailed && error.kind === 'error')
    return error.errorName === 'GitError' ? 'fetch' : error.errorName === 'IncludeFailed' ? 'include' : 'archive';
  if (error instanceof GitError || error instanceof InvalidLogin || error instanceof DeadlineExceeded) return 'fetch';
  return error instanceof Error && error.name === 'IncludeFailed' ? 'include' : 'archive';
}
