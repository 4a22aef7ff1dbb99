import type { Clock } from '@gotk/apimachinery';
import type { Priority } from './controller.ts';

/** How the next run of a key is asked for. */
export interface Enqueue {
  readonly priority: Priority;
  /** Not before this long from now; the earlier of two deadlines holds. Default 0. */
  readonly afterMs?: number;
}

/**
 * What has to run, and when: de-duplicated by key, each key serial.
 *
 * Laws: a key that runs is never handed out again before `done`; a key woken while it runs is ready again after `done`; of two deadlines the earlier one
 * holds, of two priorities the higher one; among equals, first come, first served.
 */
export interface WorkQueue {
  add(key: string, how: Enqueue): void;
  /** The next key that may run now, if any; it counts as running until `done`. */
  take(): string | undefined;
  done(key: string): void;
  /** Drops everything known of a key that is not running: its object is gone. */
  forget(key: string): void;
  /** Keys ready to run. */
  readonly depth: number;
  /** Called whenever something may have become ready. */
  onReady(listener: () => void): void;
}

const RANK: Readonly<Record<Priority, number>> = { urgent: 0, normal: 1, background: 2 };

interface Waiting {
  readonly dueMs: number;
  readonly priority: Priority;
  readonly timer: Disposable;
}

export function createQueue({ clock }: { readonly clock: Clock }): WorkQueue {
  // One insertion-ordered set a priority: taking is constant time, and the order within a priority is that of arrival.
  const ready = [new Set<string>(), new Set<string>(), new Set<string>()] as const;
  const waiting = new Map<string, Waiting>();
  const running = new Set<string>();
  const again = new Map<string, Priority>();
  let notify: () => void = () => undefined;

  const makeReady = (key: string, priority: Priority) => {
    waiting.get(key)?.timer[Symbol.dispose]();
    waiting.delete(key);
    if (running.has(key)) {
      const known = again.get(key);
      if (known === undefined || RANK[priority] < RANK[known]) again.set(key, priority);
      return;
    }
    const rank = RANK[priority];
    if (ready.some((set, other) => other <= rank && set.has(key))) return;
    for (const set of ready) set.delete(key);
    ready[rank]?.add(key);
    notify();
  };

  return {
    add(key, { priority, afterMs = 0 }) {
      if (afterMs <= 0) return makeReady(key, priority);
      if (again.has(key) || ready.some((set) => set.has(key))) return;
      const dueMs = clock.monotonic() + afterMs;
      const known = waiting.get(key);
      if (known !== undefined && known.dueMs <= dueMs) return;
      known?.timer[Symbol.dispose]();
      waiting.set(key, { dueMs, priority, timer: clock.after(afterMs, () => makeReady(key, priority)) });
    },
    take() {
      for (const set of ready) {
        for (const key of set) {
          set.delete(key);
          running.add(key);
          return key;
        }
      }
      return undefined;
    },
    done(key) {
      running.delete(key);
      const priority = again.get(key);
      again.delete(key);
      if (priority !== undefined) makeReady(key, priority);
    },
    forget(key) {
      waiting.get(key)?.timer[Symbol.dispose]();
      waiting.delete(key);
      again.delete(key);
      for (const set of ready) set.delete(key);
    },
    get depth() {
      return ready[0].size + ready[1].size + ready[2].size;
    },
    onReady(listener) {
      notify = listener;
    },
  };
}
