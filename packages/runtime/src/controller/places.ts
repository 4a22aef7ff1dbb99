import type { Clock } from '@gotk/apimachinery';
import { createFairQueue } from '../workers/fair-queue.ts';
import { makeRoom, quantumFor, SLOW_MS, WORK_MS } from './make-room.ts';

/**
 * The places that the runs of a controller take, so that two objects whose servers never answer cannot stop all others of their kind until a timeout.
 *
 * A run that waits for strangers for longer than usual gives its place to whoever wants it and goes on beside the others; one of an object that failed the last time does
 * so at once. Places for such runs have an end too; an object whose last run was slow begins there, and waits there when they are taken, namespaces in turns. Nobody is ended
 * there, so each gets its time in the end.
 */
export interface Places extends Disposable {
  /** Runs that have begun and not ended. */
  readonly active: number;
  /** Runs known to be slow that wait for others of their sort. */
  readonly parked: number;
  /** A run may enter. When none may, and that is being asked for somebody who waits, room is made as soon as the rules allow, and `onRoom` called. */
  hasRoom(isWanted: boolean): boolean;
  /** `key` is `namespace/name`. A slow one may begin later. */
  enter(key: string, visit: Visit): void;
  /** The run waits for strangers until this is disposed. */
  wait(key: string): Disposable;
  /** The run has ended, well or not. True if it was slow from its beginning: so should its object's next one be taken to be. */
  leave(key: string, end: { readonly isWell: boolean }): boolean;
}

export interface Visit {
  /** The object's last run was slow. */
  readonly isSlow: boolean;
  /** The object's last run failed. */
  readonly isRetry: boolean;
  /** It waits for strangers from its beginning. */
  readonly waits: boolean;
  /** `isLate`: it had to wait for others to leave. */
  readonly begin: (isLate: boolean) => void;
}

export interface PlacesOptions {
  readonly clock: Clock;
  /** Runs at once. */
  readonly size: number;
  /** Slow runs at once, beside those; 0: nobody gives way. */
  readonly slowSize: number;
  /** Ends a run; it leaves when it has ended. */
  readonly end: (key: string) => void;
  readonly onRoom: () => void;
}

interface Holding {
  readonly sinceMs: number;
  readonly isRetry: boolean;
  /** From its beginning. */
  readonly waits: boolean;
  /** Undefined: it works. */
  waitsSinceMs: number | undefined;
  /** Before that. */
  waitedMs: number;
  isSlow: boolean;
  isEnding: boolean;
}

/** Of a run in what is usual. */
const WEIGHT_OF_LAST = 0.1;

export function createPlaces({ clock, size, slowSize, end, onRoom }: PlacesOptions): Places {
  const holding = new Map<string, Holding>();
  const parked = createFairQueue<() => void>();
  let slow = 0;
  /** What runs that end well take, the last ones above all. */
  let typicalMs = 0;
  let timer: Disposable | undefined;

  const rest = () => {
    timer?.[Symbol.dispose]();
    timer = undefined;
  };
  const place = (key: string, { isSlow, isRetry, waits, begin }: Visit, { isLate }: { readonly isLate: boolean }) => {
    const sinceMs = clock.monotonic();
    holding.set(key, { isSlow, isRetry, waits, sinceMs, waitedMs: 0, waitsSinceMs: waits ? sinceMs : undefined, isEnding: false });
    if (isSlow) slow += 1;
    begin(isLate);
  };
  const timesOf = ({ sinceMs, waitsSinceMs, waitedMs: waitedBeforeMs }: Holding) => {
    const nowMs = clock.monotonic();
    const [ranMs, waitedMs] = [nowMs - sinceMs, waitsSinceMs === undefined ? undefined : nowMs - waitsSinceMs];
    return { ranMs, waitedMs, workedMs: ranMs - waitedBeforeMs - (waitedMs ?? 0) };
  };
  const isFree = () => holding.size - slow < size;

  /** Does the next thing for those who wait; true when that was to free a place. */
  const giveWay = (): boolean => {
    const holders = [...holding].flatMap(([key, it]) => (it.isSlow ? [] : [{ ...it, key, ...timesOf(it) }]));
    const move = makeRoom({ holders, freeSlow: slowSize - slow, quantumMs: quantumFor(typicalMs) });
    switch (move.kind) {
      case 'rest':
        if (move.againMs !== undefined) timer = clock.after(move.againMs, onRoom);
        return false;
      case 'move': {
        const moved = holding.get(move.key);
        if (moved !== undefined) moved.isSlow = true;
        slow += 1;
        return true;
      }
      case 'end': {
        const ended = holding.get(move.key);
        if (ended !== undefined) ended.isEnding = true;
        end(move.key);
        return giveWay();
      }
    }
  };

  return {
    get active() {
      return holding.size;
    },
    get parked() {
      return parked.size;
    },
    hasRoom(isWanted) {
      rest();
      return isFree() || (isWanted && slowSize > 0 && giveWay());
    },
    enter(key, visit) {
      const allowed = { ...visit, isSlow: visit.isSlow && slowSize > 0 };
      if (allowed.isSlow && slow >= slowSize) parked.push(key, () => place(key, allowed, { isLate: true }));
      else place(key, allowed, { isLate: false });
    },
    wait(key) {
      const holder = holding.get(key);
      if (holder === undefined || holder.waitsSinceMs !== undefined) return { [Symbol.dispose]: () => undefined };
      const fromMs = clock.monotonic();
      holder.waitsSinceMs = fromMs;
      onRoom();
      return {
        [Symbol.dispose]() {
          holder.waitsSinceMs = undefined;
          holder.waitedMs += clock.monotonic() - fromMs;
        },
      };
    },
    leave(key, { isWell }) {
      const left = holding.get(key);
      if (left === undefined) return false;
      holding.delete(key);
      if (left.isSlow) {
        slow -= 1;
        parked.take()?.();
      }
      const { ranMs, workedMs } = timesOf(left);
      if (isWell) typicalMs += (ranMs - typicalMs) * WEIGHT_OF_LAST;
      return left.isEnding || (left.waits ? ranMs >= SLOW_MS : workedMs >= WORK_MS);
    },
    [Symbol.dispose]() {
      rest();
      parked.clear();
    },
  };
}
