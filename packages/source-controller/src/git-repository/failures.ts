import { DeadlineExceeded } from '@gotk/apimachinery';
import { ArtifactError } from '@gotk/artifact';
import { InvalidLogin } from '@gotk/auth';
import { GitError } from '@gotk/git';
import { Failed, presentable, Stalled, TaskFailed } from '@gotk/runtime';
import type { Trouble } from './conditions.ts';

/** Which part of the work failed. */
export type Stage = 'login' | 'fetch' | 'store';

const TROUBLE: Readonly<Record<Stage, Trouble>> = { login: 'FetchFailed', fetch: 'FetchFailed', store: 'StorageOperationFailed' };

/** Runs one part of the work; what it throws becomes a failure with the contract's reason and condition. */
export async function stage<T>(
  name: Stage,
  { url, signal }: { readonly url: string; readonly signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // A run that was overtaken has not failed; one that ran out of time has.
    if (signal.aborted && !(signal.reason instanceof DeadlineExceeded)) throw error;
    // Already classified, or not the login's fault: the API server did not answer for the Secret.
    if (error instanceof Stalled || (name === 'login' && !(error instanceof InvalidLogin))) throw error;
    const reason = reasonFor(name, error);
    const message = presentable(messageFor(name, error, url));
    throw new Failed({ reason, message, cause: error, conditions: [{ type: TROUBLE[name], status: 'True', reason, message }] });
  }
}

function reasonFor(name: Stage, error: unknown): string {
  if (error instanceof InvalidLogin) return 'AuthenticationFailed';
  if (error instanceof GitError) return error.kind === 'unauthorized' ? 'AuthenticationFailed' : 'GitOperationFailed';
  if (error instanceof TaskFailed && error.errorName === 'GitError') return 'GitOperationFailed';
  if (error instanceof ArtifactError || error instanceof TaskFailed) return 'ArchiveOperationFailed';
  switch (name) {
    case 'login':
      return 'AuthenticationFailed';
    case 'fetch':
      return 'GitOperationFailed';
    case 'store':
      return 'ArchiveOperationFailed';
  }
}

function messageFor(name: Stage, error: unknown, url: string): string {
  const text = error instanceof Error ? error.message : String(error);
  switch (name) {
    case 'login':
      return `failed to log in to '${url}': ${text}`;
    case 'fetch':
      return `failed to checkout and determine revision of '${url}': ${text}`;
    case 'store':
      return `failed to store the artifact of '${url}': ${text}`;
  }
}
