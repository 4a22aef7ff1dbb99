import type { Clock } from '@gotk/apimachinery';
import { createFairQueue } from './fair-queue.ts';
import { TaskFailed } from './task-failed.ts';
import type { Job } from './task-run.ts';

/** Jobs that wait for a thread of a lane, each until its turn, its abort or the end of its patience. */
export interface WaitingRoom {
  readonly size: number;
  /** How long the one that came first has waited. */
  longestMs(): number;
  add(job: Job): void;
  /** The next in turn, and how long it has waited. */
  take(): { readonly job: Job; readonly waitedMs: number } | undefined;
  /** Takes out all of one owner. */
  takeAll(of: string): readonly Job[];
  clear(): readonly Job[];
}

export interface WaitingRoomOptions {
  readonly clock: Clock;
  /** A job has given up, and is here no longer. */
  readonly onGone: (job: Job, error: unknown) => void;
}

interface Waiting {
  readonly job: Job;
  readonly sinceMs: number;
  readonly leave: () => void;
}

const DEFAULT_QUEUE_MS = 5 * 60_000;

export function createWaitingRoom({ clock, onGone }: WaitingRoomOptions): WaitingRoom {
  const queue = createFairQueue<Waiting>();
  const left = (waiting: Waiting): Job => {
    waiting.leave();
    return waiting.job;
  };

  return {
    get size() {
      return queue.size;
    },
    longestMs: () => (queue.oldest === undefined ? 0 : clock.monotonic() - queue.oldest.sinceMs),
    add(job) {
      const { of, signal, queueMs = DEFAULT_QUEUE_MS } = job.options;
      const giveUp = (error: unknown) => {
        if (queue.remove(of, waiting)) onGone(left(waiting), error);
      };
      const onAbort = () => giveUp(signal.reason);
      const timer = clock.after(queueMs, () =>
        giveUp(new TaskFailed(`${job.task} waited longer than ${queueMs} ms for a thread`, { kind: 'waited' })),
      );
      const leave = () => {
        timer[Symbol.dispose]();
        signal.removeEventListener('abort', onAbort);
      };
      const waiting: Waiting = { job, sinceMs: clock.monotonic(), leave };
      signal.addEventListener('abort', onAbort, { once: true });
      queue.push(of, waiting);
    },
    take() {
      const waiting = queue.take();
      return waiting && { job: left(waiting), waitedMs: clock.monotonic() - waiting.sinceMs };
    },
    takeAll: (of) => queue.removeAll(of).map(left),
    clear: () => queue.clear().map(left),
  };
}
