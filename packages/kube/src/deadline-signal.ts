import type { Clock } from '@gotk/apimachinery';

/** A signal that follows its parents and time. Disposing it lets go of both. */
export interface DeadlineSignal extends Disposable {
  readonly signal: AbortSignal;
  /** True when time, and not a parent, aborted it. */
  readonly expired: boolean;
}

/**
 * Aborts with the reason of the first parent that aborts, or after `timeoutMs`.
 *
 * Not `AbortSignal.any`: a parent that lives as long as the process would be asked to remember each of millions of requests until a garbage collection.
 */
export function deadlineSignal({
  parents,
  timeoutMs,
  clock,
}: {
  readonly parents: readonly AbortSignal[];
  readonly timeoutMs: number;
  readonly clock: Clock;
}): DeadlineSignal {
  const cut = new AbortController();
  let expired = false;
  const timer = clock.after(timeoutMs, () => {
    expired = !cut.signal.aborted;
    cut.abort(new Error(`no answer within ${timeoutMs} ms`));
  });
  const follow = () => cut.abort(parents.find(({ aborted }) => aborted)?.reason);
  for (const parent of parents) parent.addEventListener('abort', follow);
  if (parents.some(({ aborted }) => aborted)) follow();
  return {
    signal: cut.signal,
    get expired() {
      return expired;
    },
    [Symbol.dispose]: () => {
      timer[Symbol.dispose]();
      for (const parent of parents) parent.removeEventListener('abort', follow);
    },
  };
}
