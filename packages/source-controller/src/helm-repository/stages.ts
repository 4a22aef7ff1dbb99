import { ApiError, ConnectionError } from '@gotk/kube';
import type { StagePolicy } from '../source/stage.ts';

/** The parts of a HelmRepository's reconciliation that can fail. */
export type RepositoryStage = 'login' | 'fetch' | 'index';

/** What each failure is called (contract 1.1). */
export const stagesOf = (url: string): Readonly<Record<RepositoryStage, StagePolicy>> => ({
  login: {
    condition: 'FetchFailed',
    reason: () => 'AuthenticationFailed',
    attempt: `failed to log in to '${url}'`,
    // Not the login's fault: the API server did not answer for the Secret.
    isForeign: (error) => error instanceof ApiError || error instanceof ConnectionError,
  },
  fetch: {
    condition: 'FetchFailed',
    reason: () => 'Failed',
    attempt: 'failed to fetch Helm repository index',
  },
  index: { condition: 'FetchFailed', reason: () => 'IndexationFailed', attempt: 'failed to load Helm repository from index YAML' },
});
