import type { Clock } from './clock.ts';

/** The reason of a signal that a deadline aborted, unless another one was given. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';

  constructor(timeoutMs: number) {
    super(`timed out after ${Math.round(timeoutMs)} ms`);
  }
}

export interface DeadlineOptions {
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Each aborts the deadline's signal as well, with its own reason. */
  readonly parents?: readonly AbortSignal[];
  /** Makes what the deadline aborts with, once it does: most never do. */
  readonly reason?: () => Error;
}

export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * A signal that aborts after `timeoutMs`, or when the first of its parents does. Disposing lets go of time and parents, and never aborts.
 *
 * Not `AbortSignal.any`: a parent that lives as long as the process would be asked to remember each of millions of requests until a garbage collection.
 */
export function deadlineSignal({
  timeoutMs,
  clock,
  parents = [],
  reason = () => new DeadlineExceeded(timeoutMs),
}: DeadlineOptions): Deadline {
  const controller = new AbortController();
  const follow = () => controller.abort(parents.find(({ aborted }) => aborted)?.reason);
  for (const parent of parents) parent.addEventListener('abort', follow);
  if (parents.some(({ aborted }) => aborted)) follow();
  const timer = clock.after(timeoutMs, () => controller.abort(reason()));
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      timer[Symbol.dispose]();
      for (const parent of parents) parent.removeEventListener('abort', follow);
    },
  };
}
