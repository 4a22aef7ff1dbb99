import { Superseded, type Superseded as SupersededType } from './outcome.ts';

/** The runs in progress of one controller, so that newer intent can overtake them. */
export interface Runs {
  start(key: string, generation: number | undefined): AbortSignal;
  end(key: string): void;
  /** Aborts the run of a key, if there is one. */
  overtake(key: string, why: string): void;
  overtakeAll(why: string): void;
  generationOf(key: string): number | undefined;
  readonly count: number;
  /** Resolves when no run is left. */
  idle(): Promise<void>;
}

export function createRuns(): Runs {
  const runs = new Map<string, { readonly controller: AbortController; readonly generation: number | undefined }>();
  const waiting = new Set<() => void>();
  const reason = (why: string): SupersededType => new Superseded(why);
  return {
    start(key, generation) {
      const controller = new AbortController();
      runs.set(key, { controller, generation });
      return controller.signal;
    },
    end(key) {
      runs.delete(key);
      if (runs.size > 0) return;
      for (const done of waiting) done();
      waiting.clear();
    },
    overtake: (key, why) => runs.get(key)?.controller.abort(reason(why)),
    overtakeAll(why) {
      for (const { controller } of runs.values()) controller.abort(reason(why));
    },
    generationOf: (key) => runs.get(key)?.generation,
    get count() {
      return runs.size;
    },
    idle: () => (runs.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))),
  };
}
