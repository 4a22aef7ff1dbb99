import { type FakeClock, fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect } from 'vitest';
import type { PoolEvent, TaskOptions, WorkerPool, WorkerPoolOptions } from '../src/workers/options.ts';
import { createWorkerPool } from '../src/workers/pool.ts';

const signal = new AbortController().signal;

/** Real threads, and time that the test moves. */
export interface PoolBed extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly pool: WorkerPool;
  readonly events: readonly PoolEvent[];
  /** Starts a task that never ends by itself, and resolves when it is at it. */
  loop(options: TaskOptions): Promise<{ readonly failed: Promise<unknown> }>;
  /** Lets time pass, in small steps, until something is true. */
  until(isTrue: () => boolean): Promise<void>;
}

export const failure = (run: Promise<unknown>): Promise<unknown> => run.catch((error: unknown) => error);

/** On whose behalf, with a minute to run. */
export const by = (of: string, more: Partial<TaskOptions> = {}): TaskOptions => ({ signal, deadlineMs: 60_000, of, ...more });

export function poolBed(options: Partial<WorkerPoolOptions> = {}): PoolBed {
  const clock = fakeClock();
  const events: PoolEvent[] = [];
  const pool = createWorkerPool({
    entry: new URL('./task-worker.ts', import.meta.url),
    clock,
    size: 1,
    slowSize: 1,
    idleMs: 10 * 60_000,
    onEvent: (event) => events.push(event),
    ...options,
  });
  const soon = (isTrue: () => boolean | Promise<boolean>) => expect.poll(isTrue, { timeout: 10_000, interval: 5 }).toBe(true);
  return {
    clock,
    pool,
    events,
    async loop(options) {
      const begun = new Int32Array(new SharedArrayBuffer(4));
      const failed = failure(pool.run('loop', begun, options));
      await soon(() => Atomics.load(begun, 0) === 1);
      return { failed };
    },
    until: (isTrue) =>
      soon(async () => {
        if (!isTrue()) await clock.advance(10);
        return isTrue();
      }),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}
