import { untilAborted } from '@gotk/apimachinery';

/**
 * Contents that are finished and not in the storage yet. Whoever wants one waits for it to arrive there and takes a copy: nobody is making it any more, and nobody has it, so that
 * it would be fetched again.
 */
export interface Arrivals {
  /** Resolves at once unless content of this key is on its way; rejects with the signal's reason. */
  settled(key: string, signal: AbortSignal): Promise<void>;
  /** Of one who may come to make it. Disposing says that it has arrived, or never will. */
  expect(key: string): Arrival;
}

export interface Arrival extends Disposable {
  /** It is finished. */
  begin(): void;
}

export function createArrivals(): Arrivals {
  const onTheWay = new Map<string, Promise<void>>();
  return {
    async settled(key, signal) {
      const arriving = onTheWay.get(key);
      if (arriving !== undefined) await untilAborted(arriving, signal);
    },
    expect(key) {
      const { promise, resolve } = Promise.withResolvers<void>();
      let over = false;
      return {
        begin() {
          // Others may have waited longer for it than the one who made it.
          if (!over) onTheWay.set(key, promise);
        },
        [Symbol.dispose]() {
          over = true;
          if (onTheWay.get(key) === promise) onTheWay.delete(key);
          resolve();
        },
      };
    },
  };
}
