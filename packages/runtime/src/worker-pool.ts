import { availableParallelism } from 'node:os';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { Clock } from '@gotk/apimachinery';
import type { TaskReply } from './worker-tasks.ts';

/** A module, or the text of a script: a bundle is one file, and a thread should not have to read all of it. */
export type WorkerEntry = URL | { readonly source: string };

export interface WorkerPoolOptions {
  /** What a worker starts: it calls `serveTasks`. */
  readonly entry: WorkerEntry;
  readonly clock: Clock;
  /** Workers at most; default: one fewer than there are processors, at least one. */
  readonly size?: number;
  /** JavaScript heap of a worker, in MiB. */
  readonly maxHeapMiB?: number;
  /** A worker that has had nothing to do for longer is ended, with its memory. */
  readonly idleMs?: number;
}

export interface TaskOptions {
  readonly signal: AbortSignal;
  readonly deadlineMs: number;
}

/** Runs untrusted compute in threads: what loops, allocates for ever or crashes fails its own task and nothing else. */
export interface WorkerPool extends AsyncDisposable {
  /** Input and result are plain data (structured clone). Throws `TaskFailed`, or the signal's reason. */
  run<Input, Result>(task: string, input: Input, options: TaskOptions): Promise<Result>;
}

/** A task that did not end with a result: its own error, its deadline, its memory, or the death of its thread. */
export class TaskFailed extends Error {
  override readonly name = 'TaskFailed';
  /** What kind of failure it was: `error` for one the task itself reported. */
  readonly kind: 'error' | 'deadline' | 'memory' | 'crash';
  /** The name of the error that the task threw. */
  readonly errorName: string;

  constructor(message: string, { kind, errorName = '' }: { readonly kind: TaskFailed['kind']; readonly errorName?: string }) {
    super(message);
    this.kind = kind;
    this.errorName = errorName;
  }
}

interface Job {
  readonly task: string;
  readonly input: unknown;
  readonly options: TaskOptions;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  /** Since when it waits for a thread (monotonic milliseconds). */
  readonly queuedMs: number;
  /** The job has its thread: giving it up is the thread's business from here on. */
  readonly begin: () => void;
}

interface Thread {
  readonly worker: Worker;
  idle: Disposable | undefined;
}

const DEFAULT_HEAP_MIB = 256;
const DEFAULT_IDLE_MS = 30_000;
/** A further thread is worth its memory when those that there are have kept a task waiting for so long; most take a few milliseconds. */
const PATIENCE_MS = 100;

export function createWorkerPool({
  entry,
  clock,
  size = Math.max(1, availableParallelism() - 1),
  maxHeapMiB = DEFAULT_HEAP_MIB,
  idleMs = DEFAULT_IDLE_MS,
}: WorkerPoolOptions): WorkerPool {
  const limits: ResourceLimits = { maxOldGenerationSizeMb: maxHeapMiB, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 };
  const queue: Job[] = [];
  let closed = false;
  const threads = new Set<Thread>();
  const free: Thread[] = [];

  const drop = (thread: Thread) => {
    thread.idle?.[Symbol.dispose]();
    threads.delete(thread);
    const at = free.indexOf(thread);
    if (at >= 0) free.splice(at, 1);
    return thread.worker.terminate();
  };
  const obtain = (): Thread | undefined => {
    const idle = free.pop();
    if (idle !== undefined) {
      idle.idle?.[Symbol.dispose]();
      return idle;
    }
    if (threads.size >= size || !needsAnother()) return undefined;
    const worker =
      entry instanceof URL
        ? new Worker(entry, { resourceLimits: limits })
        : new Worker(entry.source, { resourceLimits: limits, eval: true });
    const thread: Thread = { worker, idle: undefined };
    worker.unref();
    threads.add(thread);
    return thread;
  };
  const needsAnother = (): boolean => {
    const waitedMs = clock.monotonic() - (queue[0]?.queuedMs ?? clock.monotonic());
    if (threads.size === 0 || waitedMs >= PATIENCE_MS) return true;
    growing ??= clock.after(PATIENCE_MS - waitedMs, () => {
      growing = undefined;
      pump();
    });
    return false;
  };
  let growing: Disposable | undefined;
  const release = (thread: Thread) => {
    free.push(thread);
    thread.idle = clock.after(idleMs, () => void drop(thread));
    pump();
  };

  const execute = (thread: Thread, { task, input, options, resolve, reject, begin }: Job) => {
    const { worker } = thread;
    begin();
    for (const event of ['error', 'exit']) worker.removeAllListeners(event);
    const end = (reusable: boolean) => {
      timer[Symbol.dispose]();
      options.signal.removeEventListener('abort', onAbort);
      for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      // A thread may still die while it rests: without a listener an error would end the process, and the next job would be given to the dead.
      for (const event of ['error', 'exit']) worker.on(event, () => void drop(thread));
      if (reusable) return release(thread);
      void drop(thread);
      pump();
    };
    const fail = (error: unknown) => {
      end(false);
      reject(error);
    };
    const onAbort = () => fail(options.signal.reason);
    const timer = clock.after(options.deadlineMs, () =>
      fail(new TaskFailed(`${task} took longer than ${options.deadlineMs} ms`, { kind: 'deadline' })),
    );
    options.signal.addEventListener('abort', onAbort, { once: true });
    worker.once('message', (reply: TaskReply) => {
      end(true);
      if (reply.ok) resolve(reply.value);
      else reject(new TaskFailed(reply.message, { kind: 'error', errorName: reply.name }));
    });
    worker.once('error', (error: NodeJS.ErrnoException) => {
      const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      fail(
        new TaskFailed(memory ? `${task} needed more than ${maxHeapMiB} MiB of memory` : `${task} worker ended: ${error.message}`, {
          kind: memory ? 'memory' : 'crash',
        }),
      );
    });
    worker.once('exit', (code) => fail(new TaskFailed(`${task} worker ended with code ${code}`, { kind: 'crash' })));
    try {
      worker.postMessage({ task, input });
    } catch (error) {
      // The input is no plain data: the thread has not heard of it.
      end(true);
      reject(error);
    }
  };

  const pump = () => {
    while (queue.length > 0) {
      const thread = obtain();
      if (thread === undefined) return;
      const job = queue.shift();
      if (job === undefined) return release(thread);
      execute(thread, job);
    }
  };

  return {
    run<Input, Result>(task: string, input: Input, options: TaskOptions): Promise<Result> {
      return new Promise<Result>((resolve, reject) => {
        options.signal.throwIfAborted();
        if (closed) throw notStarted(task);
        const job: Job = {
          task,
          input,
          options,
          queuedMs: clock.monotonic(),
          resolve: (value) => resolve(value as Result),
          reject,
          begin: () => options.signal.removeEventListener('abort', leave),
        };
        // A job that is given up before its turn never costs a thread.
        const leave = () => {
          const at = queue.indexOf(job);
          if (at < 0) return;
          queue.splice(at, 1);
          reject(options.signal.reason);
        };
        options.signal.addEventListener('abort', leave, { once: true });
        queue.push(job);
        pump();
      });
    },
    async [Symbol.asyncDispose]() {
      growing?.[Symbol.dispose]();
      closed = true;
      for (const job of queue.splice(0)) job.reject(notStarted(job.task));
      await Promise.all([...threads].map(drop));
    },
  };
}

const notStarted = (task: string) => new TaskFailed(`${task} was not started: the pool is closed`, { kind: 'crash' });
