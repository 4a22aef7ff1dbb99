import type { Clock } from '@gotk/apimachinery';
import type { WorkQueue } from '../controller/queue.ts';

/** What a queue reports, in the terms of client-go's workqueue. */
export interface QueueMetrics {
  /** A key that did not wait already is to run, at once or later. */
  added(): void;
  /** A key is to run after a delay. */
  retried(): void;
  /** A key was handed out so long after it could have been. */
  taken(waitedMs: number): void;
  done(workedMs: number): void;
  /** Asked at every scrape: for how long each key that runs has been running. */
  watchRunning(agesMs: () => readonly number[]): void;
}

/** The same queue, reporting what goes through it. */
export function meteredQueue(queue: WorkQueue, metrics: QueueMetrics, clock: Clock): WorkQueue {
  /** Since when (monotonic milliseconds, which may be to come) a key may run. */
  const due = new Map<string, number>();
  const began = new Map<string, number>();
  metrics.watchRunning(() => Array.from(began.values(), (beganMs) => clock.monotonic() - beganMs));

  return {
    add(key, how) {
      const { afterMs = 0 } = how;
      const known = due.get(key);
      const dueMs = clock.monotonic() + Math.max(0, afterMs);
      if (known === undefined) metrics.added();
      if (afterMs > 0) metrics.retried();
      due.set(key, Math.min(dueMs, known ?? dueMs));
      queue.add(key, how);
    },
    take() {
      const taken = queue.take();
      if (taken === undefined) return undefined;
      const nowMs = clock.monotonic();
      metrics.taken(Math.max(0, nowMs - (due.get(taken.key) ?? nowMs)));
      due.delete(taken.key);
      began.set(taken.key, nowMs);
      return taken;
    },
    done(key) {
      const nowMs = clock.monotonic();
      metrics.done(nowMs - (began.get(key) ?? nowMs));
      began.delete(key);
      queue.done(key);
    },
    forget(key) {
      due.delete(key);
      queue.forget(key);
    },
    get depth() {
      return queue.depth;
    },
    onReady: (listener) => queue.onReady(listener),
    [Symbol.dispose]() {
      due.clear();
      queue[Symbol.dispose]();
    },
  };
}
