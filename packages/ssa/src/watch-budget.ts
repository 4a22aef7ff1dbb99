/** How many watches may be open at once for all who share it: each is a connection of its own, and there may be as many tenants as one likes. */
export interface WatchBudget {
  /** A place for one watch, until it is given back; undefined when there is none left. */
  take(): Disposable | undefined;
}

export function createWatchBudget(places: number): WatchBudget {
  let taken = 0;
  return {
    take() {
      if (taken >= places) return undefined;
      taken += 1;
      let held = true;
      return {
        [Symbol.dispose]() {
          if (held) taken -= 1;
          held = false;
        },
      };
    },
  };
}
