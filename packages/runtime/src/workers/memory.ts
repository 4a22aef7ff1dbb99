export const MIB = 1024 * 1024;

/** What a thread holds, in bytes. */
export interface Memory {
  /** Garbage included: it is as much in the way of others. */
  readonly heap: number;
  readonly offHeap: number;
}

export interface MemoryLimits {
  readonly maxHeapMiB: number;
  readonly stackMiB: number;
  readonly maxOffHeapMiB: number;
  readonly maxProcessMiB: number;
  readonly maxResultMiB: number;
}

export type MemoryLimit = 'heap' | 'off-heap' | 'process';

/** A task that is done sooner is not looked at. */
export const WATCHED_AFTER_MS = 100;
export const WATCH_EVERY_MS = 50;
/** Looks in a row that find too much in the heap: a collection of garbage may be due. */
export const LOOKS = 3;

/** What the looks at one task, oldest first, say; undefined: it may go on. V8's limits for a heap do not bound buffers, so these are looked at as well. */
export function exceeded(looks: readonly Memory[], { maxHeapMiB, maxOffHeapMiB }: MemoryLimits): MemoryLimit | undefined {
  const latest = looks.slice(-LOOKS);
  if ((latest.at(-1)?.offHeap ?? 0) > maxOffHeapMiB * MIB) return 'off-heap';
  return latest.length === LOOKS && latest.every(({ heap }) => heap > maxHeapMiB * MIB) ? 'heap' : undefined;
}

/** What is known of a task at work. */
export interface Held {
  /** As of the last look that it answered. */
  readonly memory: Memory | undefined;
  /** For how long a look has gone unanswered; 0: none has. */
  readonly unansweredMs: number;
}

/** Less is not worth ending somebody for: what fills the process is elsewhere. */
const WORTHWHILE_BYTES = 32 * MIB;
/** A thread that does not answer for so long may be in a native call, which can take any amount of memory; or it is only short of processor time. */
const ANSWER_MS = 200;

const bytesOf = ({ memory }: Held): number => (memory?.heap ?? 0) + (memory?.offHeap ?? 0);

/**
 * Which task has to end because the process has too much memory (its resident set): the one known to hold most; if none holds much, one that does not answer. Undefined:
 * none that it would help to end.
 */
export function overProcess<T extends Held>(
  tasks: readonly T[],
  { rss, maxProcessMiB }: { readonly rss: number; readonly maxProcessMiB: number },
): T | undefined {
  if (rss <= maxProcessMiB * MIB) return undefined;
  const known = tasks.filter((task) => bytesOf(task) >= WORTHWHILE_BYTES);
  const candidates = known.length > 0 ? known : tasks.filter(({ unansweredMs }) => unansweredMs >= ANSWER_MS);
  return candidates.reduce<T | undefined>((most, next) => (most === undefined || bytesOf(next) > bytesOf(most) ? next : most), undefined);
}
