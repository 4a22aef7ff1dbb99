import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import type { WorkerPool } from './options.ts';
import { createWorkerPool } from './pool.ts';

const entry = new URL('../../test/task-worker.ts', import.meta.url);
const never = new AbortController().signal;
const patient = { signal: never, of: 'apps/web', deadlineMs: 60_000 };

function setUp({ size = 1, maxHeapMiB = 64 }: { readonly size?: number; readonly maxHeapMiB?: number } = {}) {
  const clock = fakeClock();
  const pool = createWorkerPool({ entry, clock, size, maxHeapMiB, idleMs: 10_000 });
  return { clock, pool, [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose]() };
}

const failure = (run: Promise<unknown>): Promise<unknown> => run.catch((error: unknown) => error);
const works = async (pool: WorkerPool) => expect(await pool.run('double', 21, patient)).toBe(42);

describe('a task', () => {
  test('has its result', async () => {
    await using bed = setUp();
    await works(bed.pool);
  });

  test('that throws fails with its own words and name, and the thread goes on', async () => {
    await using bed = setUp();
    const thread = await bed.pool.run('thread', undefined, patient);
    expect(await failure(bed.pool.run('refuse', 'not today', patient))).toMatchObject({
      name: 'TaskFailed',
      message: 'not today',
      kind: 'error',
      errorName: 'Refusal',
    });
    expect(await bed.pool.run('thread', undefined, patient)).toBe(thread);
  });

  test.each(['unknown', 'toString'])('that nobody serves fails (%s)', async (task) => {
    await using bed = setUp();
    expect(await failure(bed.pool.run(task, undefined, patient))).toMatchObject({ kind: 'error', message: `no such task: ${task}` });
  });

  test('that loops for ever is ended at its deadline, and the next one works', async () => {
    await using bed = setUp();
    const begun = new Int32Array(new SharedArrayBuffer(4));
    const failed = failure(bed.pool.run('loop', begun, { signal: never, of: 'apps/web', deadlineMs: 5_000 }));
    await expect.poll(() => Atomics.load(begun, 0), { timeout: 5_000 }).toBe(1);
    await bed.clock.advance(5_000);
    expect(await failed).toMatchObject({ kind: 'deadline', message: 'loop took longer than 5000 ms' });
    await works(bed.pool);
  });

  test('that ends in time leaves no deadline behind', async () => {
    await using bed = setUp();
    await works(bed.pool);
    await bed.clock.advance(0);
    expect(bed.clock.pending).toBe(1);
    await bed.clock.advance(10_000);
    expect(bed.clock.pending).toBe(0);
  });

  test('that ends its thread fails, and the next one works (F24)', async () => {
    await using bed = setUp();
    expect(await failure(bed.pool.run('exit', 3, patient))).toMatchObject({ kind: 'crash', message: 'exit worker ended with code 3' });
    await works(bed.pool);
  });

  test('whose result cannot be sent fails, and the next one works', async () => {
    await using bed = setUp();
    expect(await failure(bed.pool.run('unclonable', undefined, patient))).toMatchObject({ kind: 'error', errorName: 'DataCloneError' });
    await works(bed.pool);
  });

  test('whose input cannot be sent fails alone, also when its turn comes later', async () => {
    await using bed = setUp();
    const unsendable = () => failure(bed.pool.run('double', () => 'a function', patient));
    expect(await unsendable()).toMatchObject({ name: 'DataCloneError' });
    const [first, second, third] = [bed.pool.run('double', 1, patient), unsendable(), bed.pool.run('double', 3, patient)];
    expect(await first).toBe(2);
    expect(await second).toMatchObject({ name: 'DataCloneError' });
    expect(await third).toBe(6);
  });
});

describe('an abort', () => {
  test('ends the task that runs, with the signal’s reason, and the next one works', async () => {
    await using bed = setUp();
    await works(bed.pool);
    const stop = new AbortController();
    const failed = failure(bed.pool.run('loop', undefined, { signal: stop.signal, of: 'apps/web', deadlineMs: 60_000 }));
    stop.abort(new Error('overtaken'));
    expect(await failed).toEqual(new Error('overtaken'));
    await works(bed.pool);
  });

  test('before the beginning never begins', async () => {
    await using bed = setUp();
    await expect(
      bed.pool.run('double', 1, { signal: AbortSignal.abort(new Error('too late')), of: 'apps/web', deadlineMs: 1 }),
    ).rejects.toThrow('too late');
  });

  test('takes a task out of the queue, and leaves the others in it', async () => {
    await using bed = setUp();
    const [stopFirst, stopSecond] = [new AbortController(), new AbortController()];
    const first = failure(bed.pool.run('loop', undefined, { signal: stopFirst.signal, of: 'apps/web', deadlineMs: 60_000 }));
    const second = failure(bed.pool.run('double', 2, { signal: stopSecond.signal, of: 'apps/web', deadlineMs: 60_000 }));
    const third = bed.pool.run('double', 3, patient);
    stopSecond.abort(new Error('second'));
    expect(await second).toEqual(new Error('second'));
    stopFirst.abort(new Error('first'));
    expect(await first).toEqual(new Error('first'));
    expect(await third).toBe(6);
  });

  test('after the end changes nothing', async () => {
    await using bed = setUp();
    const stop = new AbortController();
    const thread = await bed.pool.run('thread', undefined, { signal: stop.signal, of: 'apps/web', deadlineMs: 60_000 });
    stop.abort();
    expect(await bed.pool.run('thread', undefined, patient)).toBe(thread);
  });
});

describe('threads', () => {
  test('run at once up to the size, when those before them take long', async () => {
    await using bed = setUp({ size: 2 });
    const stop = new AbortController();
    const looping = failure(bed.pool.run('loop', undefined, { signal: stop.signal, of: 'apps/web', deadlineMs: 60_000 }));
    const next = works(bed.pool);
    await bed.clock.advance(100);
    await next;
    stop.abort();
    await looping;
  });

  test('share one thread as long as it keeps nobody waiting', async () => {
    await using bed = setUp({ size: 2 });
    const threads = await Promise.all([1, 2, 3].map(() => bed.pool.run('thread', undefined, patient)));
    expect(new Set(threads).size).toBe(1);
  });

  test('that have nothing to do end after a while', async () => {
    await using bed = setUp();
    const first = await bed.pool.run('thread', undefined, patient);
    await bed.clock.advance(9_999);
    expect(await bed.pool.run('thread', undefined, patient)).toBe(first);
    await bed.clock.advance(9_999);
    expect(await bed.pool.run('thread', undefined, patient)).toBe(first);
    await bed.clock.advance(10_000);
    expect(await bed.pool.run('thread', undefined, patient)).not.toBe(first);
  });

  test.each(['exit', 'throw'] as const)('that die while they rest (%s) are replaced', async (how) => {
    await using bed = setUp();
    const first = await bed.pool.run('dieLater', how, patient);
    await bed.clock.advance(0);
    // The idle timer goes with the thread.
    await expect.poll(() => bed.clock.pending, { timeout: 5_000 }).toBe(0);
    expect(await bed.pool.run('thread', undefined, patient)).not.toBe(first);
  });
});

describe('a pool that is closed', () => {
  test('ends what runs and what waits', async () => {
    const { pool } = setUp();
    const [running, waiting] = [failure(pool.run('never', undefined, patient)), failure(pool.run('double', 1, patient))];
    await expect.poll(() => pool.stats().running.fast, { timeout: 5_000 }).toBe(1);
    await pool[Symbol.asyncDispose]();
    expect(await running).toMatchObject({ name: 'TaskFailed', kind: 'closed', message: 'never was ended: the pool is closed' });
    expect(await waiting).toMatchObject({ kind: 'closed', message: 'double was not started: the pool is closed' });
  });

  test('takes no more', async () => {
    const { pool } = setUp();
    await pool[Symbol.asyncDispose]();
    expect(await failure(pool.run('double', 1, patient))).toMatchObject({ message: 'double was not started: the pool is closed' });
  });
});
