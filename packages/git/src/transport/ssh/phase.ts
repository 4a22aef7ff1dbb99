import { DeadlineExceeded } from '@gotk/apimachinery';
import { LocalAddress, redact } from '@gotk/auth';
import { GitError } from '../../git-error.ts';

/** How far a connection has come, in words that complete "failed …". */
export type Phase =
  | 'to connect'
  | "to get the server's greeting"
  | 'to exchange keys'
  | 'to log in'
  | 'to start git-upload-pack'
  | 'to read from git-upload-pack';

/** What a signal that ends a phase is told as: whoever ran out of time wants to know with what, all others get their own reason back. */
export function endedBy({ reason }: AbortSignal, { phase, shown }: { readonly phase: Phase; readonly shown: string }): unknown {
  const late = reason instanceof DeadlineExceeded || (reason instanceof DOMException && reason.name === 'TimeoutError');
  return late ? new GitError('timeout', `${shown}: ${reason.message}, failed ${phase}`, { cause: reason }) : reason;
}

/** An error of a socket or of the SSH library, as one of ours. */
export function brokenIn(error: unknown, { phase, shown }: { readonly phase: Phase; readonly shown: string }): GitError {
  if (error instanceof GitError) return error;
  const cause: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const { message, level } = (cause instanceof Error ? cause : { message: String(cause) }) as { message: string; level?: string };
  const text = redact(message).slice(0, 300);
  if (level === 'client-authentication')
    return new GitError('unauthorized', `${shown}: the server does not accept the key: ${text}`, { cause });
  const theirs = cause instanceof Error && (isSystemError(cause) || cause instanceof LocalAddress || level === 'client-timeout');
  const kind = phase === 'to connect' || theirs ? 'unreachable' : 'protocol';
  return new GitError(kind, `${shown}: failed ${phase}: ${text}`, { cause });
}

const isSystemError = (error: Error): boolean => 'code' in error && typeof error.code === 'string' && /^E[A-Z]/.test(error.code);

export const hungUp = ({ phase, shown }: { readonly phase: Phase; readonly shown: string }): GitError =>
  new GitError('unreachable', `${shown}: failed ${phase}: the server hung up`);
