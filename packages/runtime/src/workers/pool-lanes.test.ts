import { describe, expect, test } from 'vitest';
import { by, failure, type PoolBed, poolBed } from '../../test/pool-bed.ts';

const lanesOf = ({ events }: PoolBed, task: string) =>
  events.flatMap((event) => (event.kind === 'started' && event.task === task ? [event.lane] : []));

test('objects take turns by namespace: a hundred tasks of one delay nobody’s first', async () => {
  await using bed = poolBed();
  const order: string[] = [];
  const ask = (of: string) => bed.pool.run('double', 1, by(of)).then(() => order.push(of));
  await Promise.all([...Array.from({ length: 100 }, () => ask('a/greedy')), ask('a/modest'), ask('b/other')]);
  expect(order.slice(0, 3).toSorted()).toEqual(['a/greedy', 'a/modest', 'b/other']);
});

describe('a task that outlives its quantum while others wait', () => {
  test('goes on in the slow lane, and leaves its place to them', async () => {
    await using bed = poolBed();
    const stop = new AbortController();
    const { failed } = await bed.loop(by('a/loop', { signal: stop.signal }));
    const next = bed.pool.run('double', 21, by('b/other'));
    await bed.until(() => bed.pool.stats().running.slow === 1);
    expect(await next).toBe(42);
    expect(bed.events).toContainEqual({ kind: 'slowed', task: 'loop', ranMs: expect.any(Number) });
    stop.abort(new Error('enough'));
    expect(await failed).toEqual(new Error('enough'));
    expect(bed.pool.stats()).toEqual({ queued: { fast: 0, slow: 0 }, running: { fast: 0, slow: 0 }, threads: 1 });
  });

  test('is started again, once, when that lane is full and it writes nothing', async () => {
    await using bed = poolBed();
    const stop = new AbortController();
    const first = await bed.loop(by('a/first', { signal: stop.signal }));
    const second = bed.loop(by('a/second', { deadlineMs: 1_000, repeatable: true }));
    await bed.until(() => bed.pool.stats().running.slow === 1);
    const { failed } = await second;
    const next = bed.pool.run('double', 21, by('b/other'));
    await bed.until(() => bed.events.some((event) => event.kind === 'ended' && event.end === 'repeated'));
    expect(await next).toBe(42);
    stop.abort();
    await first.failed;
    await bed.until(() => bed.pool.stats().running.slow === 1);
    await bed.clock.advance(1_000);
    expect(await failed).toMatchObject({ kind: 'deadline', message: 'loop took longer than 1000 ms' });
    expect(lanesOf(bed, 'loop')).toEqual(['fast', 'fast', 'slow']);
  });

  test('is ended for good when its owner has used most, and it cannot be started again', async () => {
    await using bed = poolBed();
    const greedy = await bed.loop(by('a/greedy'));
    const nextToo = bed.pool.run('double', 1, by('b/other'));
    await bed.until(() => bed.pool.stats().running.slow === 1);
    await nextToo;
    await bed.clock.advance(4_000);
    const { failed } = await bed.loop(by('a/late', { deadlineMs: 30_000 }));
    const next = bed.pool.run('double', 21, by('b/other'));
    await bed.until(() => bed.pool.stats().queued.fast === 0);
    expect(await next).toBe(42);
    expect(await greedy.failed).toMatchObject({
      kind: 'deadline',
      message: expect.stringMatching(/^loop was ended after \d{4} ms to make room for others$/),
    });
    await bed.clock.advance(30_000);
    expect(await failed).toMatchObject({ message: 'loop took longer than 30000 ms' });
  });
});

test('a task is told, once, that it has the slow lane or waits for it', async () => {
  await using bed = poolBed();
  const told: string[] = [];
  const stop = new AbortController();
  const tells = (of: string, more = {}) => by(of, { ...more, onSlow: () => void told.push(of) });
  const { failed } = await bed.loop(tells('a/loop', { signal: stop.signal }));
  expect(told).toEqual([]);
  const next = bed.pool.run('double', 21, tells('b/other'));
  await bed.until(() => told.length > 0);
  expect(await next).toBe(42);
  stop.abort();
  await failed;
  await failure(bed.pool.run('exit', 1, tells('a/ill')));
  await bed.pool.run('double', 1, tells('a/ill'));
  expect(told).toEqual(['a/loop', 'a/ill']);
});

describe('an owner whose task ended with its thread', () => {
  test('starts in the slow lane, until a task succeeds', async () => {
    await using bed = poolBed();
    await failure(bed.pool.run('exit', 1, by('a/ill')));
    for (const _ of [1, 2]) await bed.pool.run('double', 1, by('a/ill'));
    await bed.pool.run('double', 1, by('a/sane'));
    expect(lanesOf(bed, 'double')).toEqual(['slow', 'fast', 'fast']);
  });

  test('has what waits moved there as well', async () => {
    await using bed = poolBed();
    const results = [failure(bed.pool.run('exit', 1, by('a/ill'))), bed.pool.run('double', 1, by('a/ill'))];
    await Promise.all(results);
    expect(lanesOf(bed, 'double')).toEqual(['slow']);
  });

  test('is refused for a while after the third in a row, without a thread', async () => {
    await using bed = poolBed();
    const waiting = Array.from({ length: 4 }, () => failure(bed.pool.run('exit', 1, by('a/ill'))));
    const refusal = {
      kind: 'refused',
      message: 'exit was not started: the last 3 tasks of a/ill ended with their threads, the next may start in 10 s',
    };
    expect(await Promise.all(waiting)).toMatchObject([{ kind: 'crash' }, { kind: 'crash' }, { kind: 'crash' }, refusal]);
    await bed.clock.advance(9_999);
    expect(await failure(bed.pool.run('double', 1, by('a/ill')))).toMatchObject({ kind: 'refused' });
    expect(await bed.pool.run('double', 1, by('a/sane'))).toBe(2);
    await bed.clock.advance(1);
    expect(await bed.pool.run('double', 1, by('a/ill'))).toBe(2);
  });

  test('is not one whose tasks were aborted, refused their input or failed by their own words', async () => {
    await using bed = poolBed();
    const stop = new AbortController();
    const { failed } = await bed.loop(by('a/sane', { signal: stop.signal }));
    stop.abort();
    await failed;
    await failure(bed.pool.run('refuse', 'no', by('a/sane')));
    await failure(bed.pool.run('double', () => 'a function', by('a/sane')));
    await bed.pool.run('double', 1, by('a/sane'));
    expect(lanesOf(bed, 'double').at(-1)).toBe('fast');
  });
});

test('time in the queue has a bound of its own, and says so', async () => {
  await using bed = poolBed();
  const { failed } = await bed.loop(by('a/loop', { deadlineMs: 90 }));
  const waited = failure(bed.pool.run('double', 1, by('b/other', { queueMs: 50 })));
  await bed.clock.advance(90);
  expect(await waited).toMatchObject({ kind: 'waited', message: 'double waited longer than 50 ms for a thread' });
  expect(await failed).toMatchObject({ kind: 'deadline', message: 'loop took longer than 90 ms' });
});

test('a thread that hangs while it starts keeps nobody for ever', async () => {
  await using bed = poolBed({ entry: { source: 'for (;;);' } });
  const run = failure(bed.pool.run('double', 1, by('a/any')));
  await bed.clock.advance(60_000);
  expect(await run).toMatchObject({ kind: 'crash', message: 'double worker ended: it took longer than 60000 ms to start' });
});

test('a thread that cannot start fails those who wait for it', async () => {
  await using bed = poolBed({ entry: { source: 'throw new Error("broken")' } });
  const runs = [1, 2].map(() => failure(bed.pool.run('double', 1, by('a/any'))));
  expect(await Promise.all(runs)).toMatchObject([
    { kind: 'crash', message: 'double worker ended: broken' },
    { kind: 'crash', message: 'double worker ended: broken' },
  ]);
});
