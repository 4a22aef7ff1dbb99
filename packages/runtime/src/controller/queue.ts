import type { Clock } from '@gotk/apimachinery';
import type { Priority } from './priority.ts';

/** How the next run of a key is asked for. */
export interface Enqueue {
  readonly priority: Priority;
  /** Not before this long from now; the earlier of two deadlines holds. Default 0. */
  readonly afterMs?: number;
}

/** A key that was handed out, how urgent it was, and when (monotonic milliseconds) somebody last wanted it to run. */
export interface Taken {
  readonly key: string;
  readonly priority: Priority;
  readonly wokenAtMs: number;
}

/**
 * What has to run, and when: de-duplicated by key, each key serial.
 *
 * Laws: a key that runs is never handed out again before `done`; a key woken while it runs is ready again after `done`; of two deadlines the earlier one
 * holds, of two priorities the higher one; among equals, first come, first served; whoever is ready is handed out sooner or later, however many come first.
 */
export interface WorkQueue extends Disposable {
  add(key: string, how: Enqueue): void;
  /** The next key that may run now, if any; it counts as running until `done`. */
  take(): Taken | undefined;
  done(key: string): void;
  /** Drops everything known of a key that is not running: its object is gone. */
  forget(key: string): void;
  /** Keys ready to run. */
  readonly depth: number;
  /** Called whenever something may have become ready. */
  onReady(listener: () => void): void;
}

const PRIORITIES: readonly Priority[] = ['urgent', 'normal', 'background'];
const RANK: Readonly<Record<Priority, number>> = { urgent: 0, normal: 1, background: 2 };

/** Every so many hand-outs one starts from a lower priority, so that a stream of urgent keys starves nobody. */
const NORMAL_TURN = 4;
const BACKGROUND_TURN = 8;

/** Timers of a month and more overflow in JavaScript and fire at once: longer waits are made of several. */
const LONGEST_TIMER_MS = 86_400_000;

interface Waiting {
  readonly dueMs: number;
  readonly priority: Priority;
  readonly timer: Disposable;
}

export function createQueue({ clock }: { readonly clock: Clock }): WorkQueue {
  // One insertion-ordered set a priority: taking is constant time, and the order within a priority is that of arrival.
  const ready = PRIORITIES.map((priority) => ({ priority, keys: new Set<string>() }));
  const waiting = new Map<string, Waiting>();
  const running = new Set<string>();
  const again = new Map<string, Priority>();
  const wokenAt = new Map<string, number>();
  let notify: () => void = () => undefined;
  let handedOut = 0;

  const stopWaiting = (key: string) => {
    waiting.get(key)?.timer[Symbol.dispose]();
    waiting.delete(key);
  };

  const makeReady = (key: string, wanted: Priority) => {
    const priority = higher(wanted, waiting.get(key)?.priority);
    stopWaiting(key);
    wokenAt.set(key, clock.monotonic());
    if (running.has(key)) again.set(key, higher(priority, again.get(key)));
    else queueUp(key, priority);
  };

  const queueUp = (key: string, priority: Priority) => {
    const known = ready.find(({ keys }) => keys.has(key));
    if (known !== undefined && RANK[known.priority] <= RANK[priority]) return;
    known?.keys.delete(key);
    ready[RANK[priority]]?.keys.add(key);
    notify();
  };

  const wait = (key: string, dueMs: number, priority: Priority) => {
    const remainingMs = dueMs - clock.monotonic();
    const fire = () => (dueMs > clock.monotonic() ? wait(key, dueMs, waiting.get(key)?.priority ?? priority) : makeReady(key, priority));
    stopWaiting(key);
    waiting.set(key, { dueMs, priority, timer: clock.after(Math.min(remainingMs, LONGEST_TIMER_MS), fire) });
  };

  return {
    add(key, { priority, afterMs = 0 }) {
      if (afterMs <= 0) return makeReady(key, priority);
      if (again.has(key) || ready.some(({ keys }) => keys.has(key))) return;
      const known = waiting.get(key);
      wait(key, Math.min(clock.monotonic() + afterMs, known?.dueMs ?? Number.POSITIVE_INFINITY), higher(priority, known?.priority));
    },
    take() {
      handedOut += 1;
      const first = handedOut % BACKGROUND_TURN === 0 ? 2 : handedOut % NORMAL_TURN === 0 ? 1 : 0;
      for (const { priority, keys } of [...ready.slice(first), ...ready.slice(0, first)]) {
        for (const key of keys) {
          keys.delete(key);
          running.add(key);
          const wokenAtMs = wokenAt.get(key) ?? clock.monotonic();
          wokenAt.delete(key);
          return { key, priority, wokenAtMs };
        }
      }
      handedOut -= 1;
      return undefined;
    },
    done(key) {
      running.delete(key);
      const priority = again.get(key);
      again.delete(key);
      if (priority !== undefined) queueUp(key, priority);
    },
    forget(key) {
      stopWaiting(key);
      again.delete(key);
      wokenAt.delete(key);
      for (const { keys } of ready) keys.delete(key);
    },
    get depth() {
      return ready.reduce((total, { keys }) => total + keys.size, 0);
    },
    onReady(listener) {
      notify = listener;
    },
    [Symbol.dispose]() {
      for (const key of [...waiting.keys()]) stopWaiting(key);
      for (const { keys } of ready) keys.clear();
      again.clear();
      wokenAt.clear();
    },
  };
}

const higher = (a: Priority, b: Priority | undefined): Priority => (b !== undefined && RANK[b] < RANK[a] ? b : a);
