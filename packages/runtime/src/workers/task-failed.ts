/**
 * Why a task has no result:
 * - `error`: the task's own words; its thread goes on.
 * - `deadline`, `memory`, `crash`: its thread was ended, or ended itself. Each is a strike against the owner (see `conduct.ts`).
 * - `waited`: it found no thread in time. `refused`: its owner's tasks ended too many threads, and pause. `too-large`: the input or the result.
 * - `closed`: the pool has ended.
 */
export type TaskFailure = 'error' | 'deadline' | 'memory' | 'crash' | 'waited' | 'refused' | 'too-large' | 'closed';

/** A task that did not end with a result. Messages name the task and the limit, and nothing of its input. */
export class TaskFailed extends Error {
  override readonly name = 'TaskFailed';
  readonly kind: TaskFailure;
  /** The name of the error that the task threw; empty unless `kind` is `error`. */
  readonly errorName: string;

  constructor(message: string, { kind, errorName = '' }: { readonly kind: TaskFailure; readonly errorName?: string }) {
    super(message);
    this.kind = kind;
    this.errorName = errorName;
  }
}
