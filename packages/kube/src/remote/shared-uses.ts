import type { Clock } from '@gotk/apimachinery';

/** What several share, and what it was made from: of one `id` only the latest `version` is given to newcomers. */
export interface Place {
  readonly id: string;
  readonly version: string;
}

export interface Use<T> extends Disposable {
  readonly value: Promise<T>;
}

/** Things that are costly to make and to keep: made once for all who use them at a time, kept for a while, closed when let go. */
export interface SharedUses<T> {
  /** `make` is called when there is none of this version. A failure is for all who wait, and not remembered. `lifetime` aborts when the thing is closed. */
  take(place: Place, make: (lifetime: AbortSignal) => Promise<T>): Use<T>;
  readonly size: number;
  /** Closes everything, used or not; what is taken afterwards fails. */
  close(): Promise<void>;
}

export interface SharedUsesOptions<T> {
  readonly clock: Clock;
  /** How long something that nobody uses is kept. */
  readonly idleMs: number;
  /** How many of those are kept at most: the ones that were used last. */
  readonly maxIdle: number;
  readonly close: (value: T) => Promise<void>;
}

interface Shared<T> extends Place {
  readonly value: Promise<T>;
  readonly lifetime: AbortController;
  users: number;
  /** Of a newer version there is another one, or this could not be made. */
  retired: boolean;
  idle: Disposable | undefined;
}

export function createSharedUses<T>({ clock, idleMs, maxIdle, close }: SharedUsesOptions<T>): SharedUses<T> {
  const open = new Set<Shared<T>>();
  const latest = new Map<string, Shared<T>>();
  /** In the order in which they were let go. */
  const idle = new Set<Shared<T>>();
  let closed = false;

  const end = async (shared: Shared<T>): Promise<void> => {
    if (!open.delete(shared)) return;
    if (latest.get(shared.id) === shared) latest.delete(shared.id);
    wake(shared);
    shared.lifetime.abort(new Error('the client was closed'));
    // One that could not be made has nothing to close; whoever waited for it has heard of it.
    await shared.value.then(close, () => undefined);
  };
  const wake = (shared: Shared<T>): void => {
    idle.delete(shared);
    shared.idle?.[Symbol.dispose]();
    shared.idle = undefined;
  };
  const rest = (shared: Shared<T>): void => {
    if (shared.retired) return void end(shared);
    idle.add(shared);
    shared.idle = clock.after(idleMs, () => void end(shared));
    for (const oldest of idle) {
      if (idle.size <= maxIdle) break;
      void end(oldest);
    }
  };
  const retire = (shared: Shared<T>): void => {
    shared.retired = true;
    if (latest.get(shared.id) === shared) latest.delete(shared.id);
    if (shared.users === 0) void end(shared);
  };

  return {
    take(place, make) {
      if (closed) throw new Error('the clients were closed');
      let shared = latest.get(place.id);
      if (shared !== undefined && shared.version !== place.version) {
        retire(shared);
        shared = undefined;
      }
      if (shared === undefined) {
        const lifetime = new AbortController();
        const made: Shared<T> = { ...place, value: make(lifetime.signal), lifetime, users: 0, retired: false, idle: undefined };
        made.value.catch(() => retire(made));
        open.add(made);
        latest.set(place.id, made);
        shared = made;
      }
      const taken = shared;
      wake(taken);
      taken.users += 1;
      let released = false;
      return {
        value: taken.value,
        [Symbol.dispose]() {
          if (released) return;
          released = true;
          taken.users -= 1;
          if (taken.users === 0 && open.has(taken)) rest(taken);
        },
      };
    },
    get size() {
      return open.size;
    },
    async close() {
      closed = true;
      await Promise.all([...open].map(end));
    },
  };
}
