import { type Clock, latest, untilAborted } from '@gotk/apimachinery';

/** Who asks. */
export interface Asker {
  readonly signal: AbortSignal;
  /** Monotonic milliseconds: an answer to a question that was asked since then is fresh enough. */
  readonly sinceMs: number;
}

/** Questions that several objects ask alike, asked once for all of them. */
export interface Flights<T> {
  /**
   * The answer may change at any moment, such as which commit a branch is at, and whoever asks after a push must not get the one from before it. So an answer is shared if its
   * question was asked since the asker wanted to know; else one question is under way and one waits for it, however many ask.
   *
   * Resolves or rejects as the work does, or rejects with the signal's reason. The work's own signal aborts when nobody waits for it any more. The key has to
   * name everything that the work depends on, credentials included: what one may see, another may not.
   */
  join(key: string, asker: Asker, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly abort: AbortController;
  /** When the question was asked; undefined while it waits for the one before. */
  readonly askedAtMs: () => number | undefined;
  passengers: number;
}

interface Line<T> {
  readonly current: Flight<T>;
  next: Flight<T> | undefined;
}

/** Answers that are remembered: one that is as old as its asker's question is of no use to anybody else. */
const REMEMBERED = 1_000;

export function createFlights<T>(clock: Pick<Clock, 'monotonic'>): Flights<T> {
  const lines = new Map<string, Line<T>>();
  const answers = latest<string, { readonly askedAtMs: number; readonly answer: T }>(REMEMBERED);

  const land = (key: string, flight: Flight<T>) => {
    const landed = () => {
      const line = lines.get(key);
      if (line?.current !== flight) return;
      if (line.next === undefined) lines.delete(key);
      else lines.set(key, { current: line.next, next: undefined });
    };
    flight.result.then((answer) => {
      answers.set(key, { askedAtMs: flight.askedAtMs() ?? 0, answer });
      landed();
    }, landed);
  };
  const depart = (work: (signal: AbortSignal) => Promise<T>, after?: Flight<T>): Flight<T> => {
    const abort = new AbortController();
    let askedAtMs: number | undefined;
    const ask = () => {
      askedAtMs = clock.monotonic();
      return work(abort.signal);
    };
    const result =
      after === undefined
        ? ask()
        : after.result.then(ignore, ignore).then(() => {
            abort.signal.throwIfAborted();
            return ask();
          });
    result.catch(ignore);
    return { result, abort, askedAtMs: () => askedAtMs, passengers: 0 };
  };

  return {
    async join(key, { signal, sinceMs }, work) {
      const known = answers.get(key);
      if (known !== undefined && known.askedAtMs >= sinceMs) return known.answer;
      const line = lines.get(key);
      if (line === undefined) {
        const current = depart(work);
        lines.set(key, { current, next: undefined });
        land(key, current);
        return await board(current, { signal });
      }
      // One that all have left is on its way to nowhere.
      if (!line.current.abort.signal.aborted && (line.current.askedAtMs() ?? sinceMs) >= sinceMs)
        return await board(line.current, { signal });
      const next = line.next ?? depart(work, line.current);
      if (line.next === undefined) {
        line.next = next;
        land(key, next);
      }
      const onEmpty = () => {
        if (line.next === next) line.next = undefined;
      };
      return await board(next, { signal, onEmpty });
    },
  };
}

const ignore = () => undefined;

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
