import type { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import { systemClock } from '../system-clock.ts';
import { resourceLimits, startWorker, type WorkerEntry } from './start-worker.ts';

export interface WorkerLimits {
  /** From the call on: the start of the thread, some 50 ms, counts. */
  readonly deadlineMs: number;
  /** JavaScript heap of the thread, garbage included. */
  readonly maxHeapMiB: number;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

export interface WorkerTask {
  readonly entry: WorkerEntry;
  /** Plain data: it crosses into the thread. */
  readonly request: unknown;
  /** What it does, for messages: `build`. */
  readonly what: string;
  /** Of the thread; 4 when not given. */
  readonly stackMiB?: number;
}

/** Why a thread did not answer. `deadline` and `memory`: it took more than it may; `aborted`: the caller's signal; `crash`: a bug, or the thread could not start. */
export type WorkerFailure = 'deadline' | 'memory' | 'aborted' | 'crash';

/** Undefined `failure`: what the thread answered, plain data. */
export type WorkerEnd =
  | { readonly failure: undefined; readonly reply: unknown }
  | { readonly failure: WorkerFailure; readonly message: string };

/**
 * Has one thing done in a thread of its own, for input of strangers: what takes too long or too much memory is ended, and the caller's event loop stays free.
 *
 * Guarantees: never rejects, unless the request is no plain data; the thread is gone when there is an answer, whatever it did; it has no environment variables. For
 * many tasks, the worker pool of `@gotk/runtime` keeps threads warm.
 */
export function runInWorker({ entry, request, what, stackMiB = 4 }: WorkerTask, limits: WorkerLimits): Promise<WorkerEnd> {
  const { deadlineMs, maxHeapMiB, signal, clock = systemClock } = limits;
  const aborted: WorkerEnd = { failure: 'aborted', message: `the ${what} was aborted` };
  const tooMuch: WorkerEnd = { failure: 'memory', message: `the ${what} needed more than ${maxHeapMiB} MiB of memory` };
  const crashed = (how: string): WorkerEnd => ({ failure: 'crash', message: `the ${what}${how}` });
  if (signal?.aborted) return Promise.resolve(aborted);
  return new Promise((resolve) => {
    const worker = startWorker(entry, { workerData: request, env: {}, resourceLimits: resourceLimits(maxHeapMiB, stackMiB) });
    const looks = watchHeap(worker, { maxHeapMiB, clock, onExceeded: () => end(tooMuch) });
    const deadline = clock.after(deadlineMs, () => end({ failure: 'deadline', message: `the ${what} took longer than ${deadlineMs} ms` }));
    const onAbort = () => end(aborted);
    signal?.addEventListener('abort', onAbort, { once: true });

    let answer: WorkerEnd | undefined;
    const end = (how: WorkerEnd) => {
      // What comes later, such as the exit of a thread that was ended, says nothing.
      if (answer !== undefined) return;
      answer = how;
      deadline[Symbol.dispose]();
      looks[Symbol.dispose]();
      signal?.removeEventListener('abort', onAbort);
      void worker.terminate().then(() => resolve(how));
    };
    worker.once('message', (reply) => end({ failure: undefined, reply }));
    worker.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch : crashed(` crashed: ${error.message}`)),
    );
    worker.once('exit', (code) => end(crashed(`'s thread ended with code ${code}`)));
  });
}

const LOOK_EVERY_MS = 50;
/** In a row: a collection of garbage may be due. */
const LOOKS = 3;

interface HeapWatch {
  readonly maxHeapMiB: number;
  readonly clock: Clock;
  readonly onExceeded: () => void;
}

function watchHeap(worker: Worker, { maxHeapMiB, clock, onExceeded }: HeapWatch): Disposable {
  let over = 0;
  let next: Disposable;
  const look = async () => {
    // It may be about to end, and have no answer.
    const used = await worker.getHeapStatistics().then(
      (heap) => heap.used_heap_size,
      () => 0,
    );
    over = used > maxHeapMiB * 1024 * 1024 ? over + 1 : 0;
    if (over === LOOKS) onExceeded();
  };
  const again = () => {
    next = clock.after(LOOK_EVERY_MS, () => {
      again();
      void look();
    });
  };
  again();
  return { [Symbol.dispose]: () => next[Symbol.dispose]() };
}
