import { runInWorker, type WorkerEntry, type WorkerLimits } from '@gotk/apimachinery/worker';
import type { RenderReply, RenderRequest } from './render-reply.ts';
import { workerEntry } from './worker-entry.ts';

export type { RenderFailure, RenderReply, RenderRequest } from './render-reply.ts';

export interface RenderWorkerLimits extends WorkerLimits {
  /** For programs that are bundled: the bundled `worker.ts` of this package. */
  readonly entry?: WorkerEntry;
}

/** What templates that include each other a thousand times, as deeply as Helm allows, take. */
export const STACK_MIB = 16;

/**
 * Renders in a thread of its own, for charts of strangers: one that takes too long or too much memory is ended, and the caller's event loop stays free.
 *
 * Guarantees: never rejects, unless the request is no plain data; the thread is gone when there is an answer, whatever it did; it has no environment variables. For many renderings, the worker pool
 * of `@gotk/runtime` keeps threads warm.
 */
export async function renderInWorker(request: RenderRequest, { entry = workerEntry, ...limits }: RenderWorkerLimits): Promise<RenderReply> {
  const end = await runInWorker({ entry, request, what: 'rendering', stackMiB: STACK_MIB }, limits);
  // The thread is ours, and answers with nothing else.
  return end.failure === undefined ? (end.reply as RenderReply) : { ok: false, reason: end.failure, message: end.message };
}
