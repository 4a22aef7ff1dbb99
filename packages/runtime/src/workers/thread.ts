import { setPriority } from 'node:os';
import type { Clock } from '@gotk/apimachinery';
import { resourceLimits, startWorker, type WorkerEntry } from '@gotk/apimachinery/worker';
import { type Memory, type MemoryLimits, MIB } from './memory.ts';
import type { TaskMessage, TaskReply, ThreadData, ThreadMessage } from './tasks.ts';

/** How a thread ended that nobody had asked to. */
export type Death =
  | { readonly kind: 'memory' }
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'exit'; readonly code: number };

export interface Thread {
  readonly id: number;
  /** Gives it a task; it has none yet. Throws if the input cannot be sent: the thread has not heard of it then. */
  send(message: TaskMessage, transfer: readonly ArrayBuffer[]): void;
  /** For good: only the superuser may give priority back. */
  slowDown(): void;
  /** What it holds, also while it loops; undefined: it has no answer now. */
  memory(): Promise<Memory | undefined>;
  /** Ends it, whatever it does. Nothing is heard of it afterwards. */
  end(): Promise<unknown>;
}

export interface ThreadOptions {
  readonly id: number;
  readonly entry: WorkerEntry;
  readonly limits: MemoryLimits;
  readonly clock: Clock;
  readonly onReady: (startMs: number) => void;
  readonly onReply: (reply: TaskReply) => void;
  /** Once at most, and not after `end`. */
  readonly onDeath: (death: Death) => void;
}

const SLOW_PRIORITY = 19;

export function startThread({ id, entry, limits, clock, onReady, onReply, onDeath }: ThreadOptions): Thread {
  const startedMs = clock.monotonic();
  const workerData: ThreadData = { maxResultBytes: limits.maxResultMiB * MIB };
  const options = { resourceLimits: resourceLimits(limits.maxHeapMiB, limits.stackMiB), workerData };
  const worker = startWorker(entry, options);
  worker.unref();
  let systemId: number | undefined;
  let alive = true;
  let slow = false;

  const applyPriority = () => {
    if (!slow || !alive || systemId === undefined) return;
    try {
      setPriority(systemId, SLOW_PRIORITY);
    } catch {
      // It has just ended, or a sandbox forbids it.
    }
  };
  const die = (death: Death) => {
    if (!alive) return;
    alive = false;
    onDeath(death);
  };
  worker.on('message', (message: ThreadMessage) => {
    if (!alive) return;
    if (message.kind !== 'ready') return onReply(message);
    systemId = message.systemId;
    applyPriority();
    onReady(clock.monotonic() - startedMs);
  });
  // The listeners stay while it rests: without one an error would end the process.
  worker.on('error', (error: NodeJS.ErrnoException) =>
    die(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? { kind: 'memory' } : { kind: 'error', message: error.message }),
  );
  worker.on('exit', (code) => die({ kind: 'exit', code }));

  return {
    id,
    send: (message, transfer) => worker.postMessage(message, transfer),
    slowDown() {
      slow = true;
      applyPriority();
    },
    async memory() {
      try {
        const { used_heap_size: heap, external_memory: offHeap } = await worker.getHeapStatistics();
        return { heap, offHeap };
      } catch {
        return undefined;
      }
    },
    end() {
      alive = false;
      return worker.terminate();
    },
  };
}
