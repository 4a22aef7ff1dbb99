import { Superseded } from './outcome.ts';

/** The runs in progress of one controller, so that newer intent can overtake them. */
export interface Runs {
  start(key: string): AbortSignal;
  end(key: string): void;
  /** Aborts the run of a key, if there is one. */
  overtake(key: string, why: string): void;
  overtakeAll(why: string): void;
  readonly count: number;
  /** Resolves when no run is left. */
  idle(): Promise<void>;
}

export function createRuns(): Runs {
  const runs = new Map<string, AbortController>();
  const waiting = new Set<() => void>();
  return {
    start(key) {
      const controller = new AbortController();
      runs.set(key, controller);
      return controller.signal;
    },
    end(key) {
      runs.delete(key);
      if (runs.size > 0) return;
      for (const done of waiting) done();
      waiting.clear();
    },
    overtake: (key, why) => runs.get(key)?.abort(new Superseded(why)),
    overtakeAll(why) {
      for (const controller of runs.values()) controller.abort(new Superseded(why));
    },
    get count() {
      return runs.size;
    },
    idle: () => (runs.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))),
  };
}
