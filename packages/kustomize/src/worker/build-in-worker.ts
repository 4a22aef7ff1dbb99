import { runInWorker, type WorkerEntry, type WorkerLimits } from '@gotk/apimachinery/worker';
import type { BuildReply, BuildRequest } from './build-reply.ts';
import { workerEntry } from './worker-entry.ts';

export type { WorkerEntry, WorkerLimits } from '@gotk/apimachinery/worker';
export type { BuildFailure, BuildFailurePlace, BuildReply, BuildRequest } from './build-reply.ts';

export interface BuildWorkerLimits extends WorkerLimits {
  /** For programs that are bundled: the bundled `worker.ts` of this package. */
  readonly entry?: WorkerEntry;
}

/**
 * Builds in a thread of its own, for files of strangers: a build that takes too long or too much memory is ended, and the caller's event loop stays free.
 *
 * Guarantees: never rejects, unless the request is no plain data; the thread is gone when there is an answer, whatever it did; it has no environment variables. For many builds, the worker pool of
 * `@gotk/runtime` keeps threads warm.
 */
export async function buildInWorker(request: BuildRequest, { entry = workerEntry, ...limits }: BuildWorkerLimits): Promise<BuildReply> {
  const end = await runInWorker({ entry, request, what: 'build' }, limits);
  // The thread is ours, and answers with nothing else.
  return end.failure === undefined ? (end.reply as BuildReply) : { ok: false, reason: end.failure, message: end.message };
}
