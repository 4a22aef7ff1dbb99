import type { Clock } from '@gotk/apimachinery';
import type { WorkerEntry } from '@gotk/apimachinery/worker';
import type { TaskFailure } from './task-failed.ts';

/** Threads of the fast lane serve everybody in turn; those of the slow lane have been taken up for long, and get what processor time others leave. */
export type Lane = 'fast' | 'slow';

export interface WorkerPoolOptions {
  /** What a thread starts: it calls `serveTasks`. */
  readonly entry: WorkerEntry;
  readonly clock: Clock;
  /** Tasks at once in the fast lane; default: one for each processor, four at most. */
  readonly size?: number;
  /** Tasks at once in the slow lane; default 4. */
  readonly slowSize?: number;
  /** JavaScript heap of a thread, garbage included, in MiB; default 256. */
  readonly maxHeapMiB?: number;
  /** Stack of a thread, in MiB; default 4. Templates that include each other as deeply as Helm allows take 16. */
  readonly stackMiB?: number;
  /** Memory of a thread outside of that heap (`Buffer`, `ArrayBuffer`), in MiB; default 256. */
  readonly maxOffHeapMiB?: number;
  /**
   * Memory of the whole process (resident set), in MiB; beyond it the task that holds most is ended. Default: seven tenths of what the container has, and of one GiB
   * at most.
   */
  readonly maxProcessMiB?: number;
  /** What one `run` may post, in MiB; default 8. Structured clone holds up the main thread for about 10 ms for each. What is in `transfer` does not count. */
  readonly maxInputMiB?: number;
  /** What a task may answer with, in MiB; default 32. Reading it holds up the main thread likewise. */
  readonly maxResultMiB?: number;
  /** A thread that has had nothing to do for longer is ended, with its memory; default 30 s. */
  readonly idleMs?: number;
  /** For metrics: called synchronously; what it throws is the pool's end, so it should not. */
  readonly onEvent?: (event: PoolEvent) => void;
}

export interface TaskOptions {
  /** Aborting it ends the task at once, and with it the thread: what runs there cannot be asked to stop. */
  readonly signal: AbortSignal;
  /** From when a thread takes the task; time in the queue does not count. */
  readonly deadlineMs: number;
  /** On whose behalf, as `namespace/name`. Namespaces take turns, and in each its objects. */
  readonly of: string;
  /** How long the task may wait for a thread; default 5 min. */
  readonly queueMs?: number;
  /** The task writes nothing: it may be started once more if it was ended to make room for others. Default false: it fails then, as by its deadline. */
  readonly repeatable?: boolean;
  /** The task takes longer than tasks do, or its owner's last ones ended badly: from now on it has the slow lane, or waits for it. At most once, maybe before `run` returns. */
  readonly onSlow?: () => void;
  /** Parts of the input that are moved to the thread rather than copied: the caller has them no longer. */
  readonly transfer?: readonly ArrayBuffer[];
}

/** Runs untrusted compute in threads: what loops, allocates for ever or crashes fails its own task and nothing else. */
export interface WorkerPool extends AsyncDisposable {
  /** Input and result are plain data (structured clone). Throws `TaskFailed`, or the signal's reason. */
  run<Input, Result>(task: string, input: Input, options: TaskOptions): Promise<Result>;
  /** What is going on now. */
  stats(): PoolStats;
}

export interface PoolStats {
  readonly queued: Readonly<Record<Lane, number>>;
  readonly running: Readonly<Record<Lane, number>>;
  /** Those that rest included. */
  readonly threads: number;
}

/** How a task ended. `repeated`: it was ended to make room, and waits for its second start. */
export type TaskEnd = 'done' | 'aborted' | 'repeated' | TaskFailure;

export type PoolEvent =
  | { readonly kind: 'thread-started'; readonly startMs: number }
  | { readonly kind: 'started'; readonly task: string; readonly lane: Lane; readonly waitedMs: number }
  /** It went on in the slow lane, because others waited. */
  | { readonly kind: 'slowed'; readonly task: string; readonly ranMs: number }
  /** `ranMs` is 0 for a task that never had a thread. */
  | { readonly kind: 'ended'; readonly task: string; readonly end: TaskEnd; readonly ranMs: number };
