import type { Clock } from '@gotk/apimachinery';

/** The reason of a signal that a deadline aborted. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded';

  constructor(timeoutMs: number) {
    super(`timed out after ${Math.round(timeoutMs)} ms`);
  }
}

export interface DeadlineOptions {
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Aborts the deadline's signal as well, with its own reason. */
  readonly parent?: AbortSignal;
}

export interface Deadline extends Disposable {
  readonly signal: AbortSignal;
}

/** A signal that aborts with `DeadlineExceeded` after `timeoutMs`, or when its parent does. Disposing releases the timer and never aborts. */
export function deadlineSignal({ timeoutMs, clock, parent }: DeadlineOptions): Deadline {
  const controller = new AbortController();
  const follow = () => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  parent?.addEventListener('abort', follow, { once: true });
  const timer = clock.after(timeoutMs, () => controller.abort(new DeadlineExceeded(timeoutMs)));
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      timer[Symbol.dispose]();
      parent?.removeEventListener('abort', follow);
    },
  };
}
