import type { ResourceLimits } from 'node:worker_threads';

export const MIB = 1024 * 1024;

/** What a thread holds, in bytes. */
export interface Memory {
  /** Garbage included: it is as much in the way of others. */
  readonly heap: number;
  readonly offHeap: number;
}

export interface MemoryLimits {
  readonly maxHeapMiB: number;
  readonly maxOffHeapMiB: number;
  readonly maxTotalMiB: number;
  readonly maxResultMiB: number;
}

export type MemoryLimit = 'heap' | 'off-heap' | 'total';

/** A task that is done sooner is not looked at. */
export const WATCHED_AFTER_MS = 100;
export const WATCH_EVERY_MS = 50;
/** Looks in a row that find too much in the heap: a collection of garbage may be due. */
const HEAP_LOOKS = 3;

/**
 * Why V8 is allowed more than the heap limit: it ends the *process* when the heap is 16 MiB beyond its own limit at a garbage collection, as happens within one long
 * native call, such as a `JSON.parse` or a `split`, that no thread can be interrupted in. The limit proper is therefore kept by looking, and V8's is the second line.
 */
const NATIVE_CALL_MIB = 256;

export const resourceLimits = (maxHeapMiB: number): ResourceLimits => ({
  maxOldGenerationSizeMb: maxHeapMiB + NATIVE_CALL_MIB,
  maxYoungGenerationSizeMb: 32,
  stackSizeMb: 4,
});

/** What the looks at one task, oldest first, say; undefined: it may go on. V8's limits for a heap do not bound buffers, so these are looked at as well. */
export function exceeded(looks: readonly Memory[], { maxHeapMiB, maxOffHeapMiB }: MemoryLimits): MemoryLimit | undefined {
  const latest = looks.slice(-HEAP_LOOKS);
  if ((latest.at(-1)?.offHeap ?? 0) > maxOffHeapMiB * MIB) return 'off-heap';
  return latest.length === HEAP_LOOKS && latest.every(({ heap }) => heap > maxHeapMiB * MIB) ? 'heap' : undefined;
}

/** Which of the tasks at work has to end because together they hold too much: the one that holds most. */
export function overTotal<T extends { readonly memory: Memory | undefined }>(tasks: readonly T[], maxTotalMiB: number): T | undefined {
  const sized = tasks.map((task) => ({ task, bytes: (task.memory?.heap ?? 0) + (task.memory?.offHeap ?? 0) }));
  if (sized.reduce((sum, { bytes }) => sum + bytes, 0) <= maxTotalMiB * MIB) return undefined;
  return sized.reduce((most, next) => (next.bytes > most.bytes ? next : most)).task;
}
