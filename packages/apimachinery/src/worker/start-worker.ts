import { type ResourceLimits, Worker, type WorkerOptions } from 'node:worker_threads';

/** What a thread starts: a module, or the text of a script. Bundlers put the text of the bundled worker in the place of the address: a bundle is one file, and a thread should not have to read all of it. */
export type WorkerEntry = URL | { readonly source: string };

/** Starts a thread. */
export const startWorker = (entry: WorkerEntry, options: WorkerOptions): Worker =>
  entry instanceof URL ? new Worker(entry, options) : new Worker(entry.source, { ...options, eval: true });

/**
 * Why V8 is allowed more than the heap limit: it ends the *process* when the heap is 16 MiB beyond its own limit at a garbage collection, as happens within one long
 * native call, such as a `JSON.parse` or a `split`, that no thread can be interrupted in. The limit proper is therefore kept by looking, and V8's is the second line.
 */
const NATIVE_CALL_MIB = 256;

/** The second line of the limits of a thread; for its heap, somebody has to look at what it uses. */
export const resourceLimits = (maxHeapMiB: number, stackMiB: number): ResourceLimits => ({
  maxOldGenerationSizeMb: maxHeapMiB + NATIVE_CALL_MIB,
  maxYoungGenerationSizeMb: 32,
  stackSizeMb: stackMiB,
});
