import { untilAborted } from '@gotk/apimachinery';

/** Questions that several objects ask alike, asked once for all of them. */
export interface Flights<T> {
  /**
   * Joins only what has not begun yet: the answer may change at any moment, such as which commit a branch is at, and whoever asks after a push must not get the one from
   * before it. So one question is under way and one waits for it, however many ask.
   *
   * Resolves or rejects as the work does, or rejects with the signal's reason. The work's own signal aborts when nobody waits for it any more. The key has to
   * name everything that the work depends on, credentials included: what one may see, another may not.
   */
  join(key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  passengers: number;
}

interface Line<T> {
  readonly current: Flight<T>;
  next: Flight<T> | undefined;
}

export function createFlights<T>(): Flights<T> {
  const lines = new Map<string, Line<T>>();

  const land = (key: string, flight: Flight<T>) => {
    const landed = () => {
      const line = lines.get(key);
      if (line?.current !== flight) return;
      if (line.next === undefined) lines.delete(key);
      else lines.set(key, { current: line.next, next: undefined });
    };
    flight.result.then(landed, landed);
  };
  const after = (current: Flight<T>, work: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const settled = current.result.then(ignore, ignore);
    return depart(async (signal) => {
      await settled;
      signal.throwIfAborted();
      return await work(signal);
    });
  };

  return {
    join(key, signal, work) {
      const line = lines.get(key);
      if (line === undefined) {
        const current = depart(work);
        lines.set(key, { current, next: undefined });
        land(key, current);
        return board(current, { signal });
      }
      const next = line.next ?? after(line.current, work);
      if (line.next === undefined) {
        line.next = next;
        land(key, next);
      }
      const onEmpty = () => {
        if (line.next === next) line.next = undefined;
      };
      return board(next, { signal, onEmpty });
    },
  };
}

const ignore = () => undefined;

function depart<T>(work: (signal: AbortSignal) => Promise<T>): Flight<T> {
  const abort = new AbortController();
  const result = work(abort.signal);
  result.catch(ignore);
  return { result, abort, passengers: 0 };
}

interface Passenger {
  readonly signal: AbortSignal;
  /** Called when the last one has left before the end. */
  readonly onEmpty?: () => void;
}

async function board<T>(flight: Flight<T>, { signal, onEmpty }: Passenger): Promise<T> {
  flight.passengers += 1;
  try {
    return await untilAborted(flight.result, signal);
  } finally {
    flight.passengers -= 1;
    if (flight.passengers === 0 && signal.aborted) {
      onEmpty?.();
      flight.abort.abort(signal.reason);
    }
  }
}
