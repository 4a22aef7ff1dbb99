/** Work under way, by name, that many wait for. */
export interface Flights<T> {
  has(name: string): boolean;
  /** Starts the work, or joins what is under way. Rejects with the signal's reason, or the work's error; the work is aborted when the last one leaves. */
  join(name: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

interface Flight<T> {
  readonly result: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

export function createFlights<T>(): Flights<T> {
  const flights = new Map<string, Flight<T>>();

  const depart = (name: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> => {
    const controller = new AbortController();
    const flight: Flight<T> = { controller, waiting: 0, result: work(controller.signal) };
    flights.set(name, flight);
    const land = () => {
      if (flights.get(name) === flight) flights.delete(name);
    };
    flight.result.then(land, land);
    return flight;
  };

  return {
    has: (name) => flights.has(name),
    async join(name, signal, work) {
      const flight = flights.get(name) ?? depart(name, work);
      flight.waiting += 1;
      const left = Promise.withResolvers<never>();
      const leave = () => left.reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await Promise.race([flight.result, left.promise]);
      } finally {
        signal.removeEventListener('abort', leave);
        flight.waiting -= 1;
        if (flight.waiting === 0 && flights.get(name) === flight) {
          // Nobody may join what is being given up.
          flights.delete(name);
          flight.controller.abort(signal.reason);
        }
      }
    },
  };
}
