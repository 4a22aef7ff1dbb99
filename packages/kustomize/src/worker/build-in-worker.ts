import { type ResourceLimits, Worker } from 'node:worker_threads';
import { type Clock, systemClock } from '@gotk/apimachinery';
import type { BuildFailure, BuildReply, BuildRequest } from './build-reply.ts';
import { type WorkerEntry, workerEntry } from './worker-entry.ts';

export type { BuildFailure, BuildFailurePlace, BuildReply, BuildRequest } from './build-reply.ts';
export type { WorkerEntry } from './worker-entry.ts';

export interface WorkerLimits {
  /** From the call on: the start of the thread, some 50 ms, counts. */
  readonly deadlineMs: number;
  /** JavaScript heap of the thread, garbage included. */
  readonly maxHeapMiB: number;
  readonly signal?: AbortSignal;
  /** For programs that are bundled: the bundled `worker.ts` of this package. */
  readonly entry?: WorkerEntry;
  readonly clock?: Clock;
}

/**
 * Builds in a thread of its own, for files of strangers: a build that takes too long or too much memory is ended, and the caller's event loop stays free.
 *
 * Guarantees: never rejects, unless the request is no plain data; the thread is gone when there is an answer, whatever it did; it has no environment variables. For many builds, the worker pool of
 * `@gotk/runtime` keeps threads warm.
 */
export function buildInWorker(request: BuildRequest, limits: WorkerLimits): Promise<BuildReply> {
  const { deadlineMs, maxHeapMiB, signal, entry = workerEntry, clock = systemClock } = limits;
  if (signal?.aborted) return Promise.resolve(failed('aborted', 'the build was aborted'));
  return new Promise((resolve) => {
    const worker = start(entry, request, maxHeapMiB);
    const looks = watchHeap(worker, { maxHeapMiB, clock, onExceeded: () => end(tooMuch(maxHeapMiB)) });
    const deadline = clock.after(deadlineMs, () => end(failed('deadline', `the build took longer than ${deadlineMs} ms`)));
    const onAbort = () => end(failed('aborted', 'the build was aborted'));
    signal?.addEventListener('abort', onAbort, { once: true });

    let answer: BuildReply | undefined;
    const end = (reply: BuildReply) => {
      // What comes later, such as the exit of a thread that was ended, says nothing.
      if (answer !== undefined) return;
      answer = reply;
      deadline[Symbol.dispose]();
      looks[Symbol.dispose]();
      signal?.removeEventListener('abort', onAbort);
      void worker.terminate().then(() => resolve(reply));
    };
    worker.once('message', end);
    worker.on('error', (error: NodeJS.ErrnoException) =>
      end(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch(maxHeapMiB) : failed('crash', `the build crashed: ${error.message}`)),
    );
    worker.once('exit', (code) => end(failed('crash', `the build's thread ended with code ${code}`)));
  });
}

const failed = (reason: BuildFailure, message: string): BuildReply => ({ ok: false, reason, message });

const tooMuch = (maxHeapMiB: number): BuildReply => failed('memory', `the build needed more than ${maxHeapMiB} MiB of memory`);

function start(entry: WorkerEntry, request: BuildRequest, maxHeapMiB: number): Worker {
  const options = { workerData: request, env: {}, resourceLimits: resourceLimits(maxHeapMiB) };
  return entry instanceof URL ? new Worker(entry, options) : new Worker(entry.source, { ...options, eval: true });
}

/** V8 ends the whole process when one native call takes a heap far beyond its limit. So its limit is the second line, and the first is kept by looking. */
const NATIVE_CALL_MIB = 256;

const resourceLimits = (maxHeapMiB: number): ResourceLimits => ({
  maxOldGenerationSizeMb: maxHeapMiB + NATIVE_CALL_MIB,
  maxYoungGenerationSizeMb: 32,
  stackSizeMb: 4,
});

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
