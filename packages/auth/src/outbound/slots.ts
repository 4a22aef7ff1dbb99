/** So many at a time for each name; whoever comes later waits for its turn. */
export interface Slots {
  /** Resolves with what gives the slot back, which may be called more than once. Rejects with the signal's reason. */
  take(name: string, signal: AbortSignal): Promise<() => void>;
}

/** Node's agents have such a limit too, but a request that waits there cannot be aborted, and connections in the making are not counted. */
export function createSlots(size: number): Slots {
  const taken = new Map<string, { count: number; readonly waiting: Set<() => void> }>();

  return {
    async take(name, signal) {
      signal.throwIfAborted();
      const slot = taken.get(name) ?? { count: 0, waiting: new Set() };
      taken.set(name, slot);
      // Whoever leaves hands its place on: the count stays as it is.
      if (slot.count < size) slot.count += 1;
      else await turn(slot.waiting, signal);
      let mine = true;
      return () => {
        if (!mine) return;
        mine = false;
        const [next] = slot.waiting;
        if (next !== undefined) return next();
        slot.count -= 1;
        if (slot.count === 0) taken.delete(name);
      };
    },
  };
}

function turn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = () => {
      waiting.delete(go);
      signal.removeEventListener('abort', stop);
      resolve();
    };
    const stop = () => {
      waiting.delete(go);
      reject(signal.reason);
    };
    waiting.add(go);
    signal.addEventListener('abort', stop, { once: true });
  });
}
