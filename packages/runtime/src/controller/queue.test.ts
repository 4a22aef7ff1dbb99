import { fakeClock } from '@gotk/apimachinery/fake-clock';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Priority } from './priority.ts';
import { createQueue, type WorkQueue } from './queue.ts';

const DAY_MS = 86_400_000;

const takeAll = (queue: WorkQueue): string[] => {
  const taken: string[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next.key);
  return taken;
};

describe('queue', () => {
  test('hands out a key once, however often it was added', () => {
    using queue = createQueue({ clock: fakeClock() });
    queue.add('apps/web', { priority: 'normal' });
    queue.add('apps/web', { priority: 'normal' });
    expect(takeAll(queue)).toEqual(['apps/web']);
  });

  test('never hands out a key that runs', () => {
    using queue = createQueue({ clock: fakeClock() });
    queue.add('apps/web', { priority: 'normal' });
    queue.take();
    queue.add('apps/web', { priority: 'urgent' });
    expect(queue.take()).toBeUndefined();
  });

  test('hands out a key again after its run if it was woken meanwhile, with the highest priority asked for', () => {
    using queue = createQueue({ clock: fakeClock() });
    queue.add('apps/web', { priority: 'background' });
    queue.take();
    queue.add('apps/web', { priority: 'urgent' });
    queue.add('apps/web', { priority: 'normal' });
    queue.done('apps/web');
    expect(queue.take()).toMatchObject({ key: 'apps/web', priority: 'urgent' });
  });

  test('says when a key was woken last: what was learnt since then is fresh enough for its run', async () => {
    const clock = fakeClock();
    using queue = createQueue({ clock });
    queue.add('apps/web', { priority: 'normal' });
    await clock.advance(100);
    queue.add('apps/web', { priority: 'background' });
    queue.add('apps/later', { priority: 'normal', afterMs: 50 });
    await clock.advance(100);
    expect([queue.take(), queue.take()]).toEqual([
      { key: 'apps/web', priority: 'normal', wokenAtMs: 100 },
      { key: 'apps/later', priority: 'normal', wokenAtMs: 150 },
    ]);
    queue.add('apps/web', { priority: 'normal' });
    await clock.advance(100);
    queue.done('apps/web');
    expect(queue.take()?.wokenAtMs).toBe(200);
  });

  test('does not run a key again that nobody woke', () => {
    using queue = createQueue({ clock: fakeClock() });
    queue.add('apps/web', { priority: 'normal' });
    queue.take();
    queue.done('apps/web');
    expect(queue.take()).toBeUndefined();
  });

  test('hands out urgent keys before normal ones before background ones', () => {
    using queue = createQueue({ clock: fakeClock() });
    queue.add('c', { priority: 'background' });
    queue.add('b', { priority: 'normal' });
    queue.add('a', { priority: 'urgent' });
    expect(takeAll(queue)).toEqual(['a', 'b', 'c']);
  });

  test('a key that is ready can be made more urgent, never less', () => {
    using queue = createQueue({ clock: fakeClock() });
    queue.add('a', { priority: 'normal' });
    queue.add('b', { priority: 'background' });
    queue.add('b', { priority: 'urgent' });
    queue.add('b', { priority: 'background' });
    expect(takeAll(queue)).toEqual(['b', 'a']);
  });

  test('a stream of urgent keys starves nobody', () => {
    using queue = createQueue({ clock: fakeClock() });
    queue.add('normal', { priority: 'normal' });
    queue.add('background', { priority: 'background' });
    const taken: string[] = [];
    for (let n = 0; n < 16; n++) {
      queue.add(`urgent-${n}`, { priority: 'urgent' });
      const next = queue.take();
      if (next !== undefined) taken.push(next.key);
    }
    expect(taken.indexOf('normal')).toBeLessThan(4);
    expect(taken.indexOf('background')).toBeLessThan(8);
  });

  test('keeps the earlier of two deadlines for one key', async () => {
    const clock = fakeClock();
    using queue = createQueue({ clock });
    queue.add('apps/web', { priority: 'normal', afterMs: 90 });
    queue.add('apps/web', { priority: 'normal', afterMs: 50 });
    queue.add('apps/web', { priority: 'normal', afterMs: 70 });
    await clock.advance(49);
    expect(queue.take()).toBeUndefined();
    await clock.advance(1);
    expect(takeAll(queue)).toEqual(['apps/web']);
    queue.done('apps/web');
    await clock.advance(100);
    expect(queue.take()).toBeUndefined();
  });

  test('a wake-up now takes the place of a deadline', async () => {
    const clock = fakeClock();
    using queue = createQueue({ clock });
    queue.add('apps/web', { priority: 'background', afterMs: 90 });
    queue.add('apps/web', { priority: 'normal' });
    expect(takeAll(queue)).toEqual(['apps/web']);
    queue.done('apps/web');
    await clock.advance(100);
    expect(queue.depth).toBe(0);
  });

  test('a deadline that passes during a run makes the key ready again', async () => {
    const clock = fakeClock();
    using queue = createQueue({ clock });
    queue.add('apps/web', { priority: 'normal' });
    queue.take();
    queue.add('apps/web', { priority: 'normal', afterMs: 10 });
    await clock.advance(10);
    expect(queue.take()).toBeUndefined();
    queue.done('apps/web');
    expect(takeAll(queue)).toEqual(['apps/web']);
  });

  test('a year is a year', async () => {
    const clock = fakeClock();
    using queue = createQueue({ clock });
    queue.add('apps/web', { priority: 'background', afterMs: 365 * DAY_MS });
    await clock.advance(364 * DAY_MS);
    expect(queue.depth).toBe(0);
    await clock.advance(DAY_MS);
    expect(queue.depth).toBe(1);
  });

  test('a forgotten key does not come back', async () => {
    const clock = fakeClock();
    using queue = createQueue({ clock });
    queue.add('waiting', { priority: 'normal', afterMs: 10 });
    queue.add('running', { priority: 'urgent' });
    queue.take();
    queue.add('ready', { priority: 'normal' });
    queue.add('running', { priority: 'normal' });
    for (const key of ['waiting', 'running', 'ready']) queue.forget(key);
    queue.done('running');
    await clock.advance(10);
    expect(queue.take()).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  test('leaves no timer behind when it is disposed', () => {
    const clock = fakeClock();
    {
      using queue = createQueue({ clock });
      queue.add('apps/web', { priority: 'normal', afterMs: 600_000 });
    }
    expect(clock.pending).toBe(0);
  });
});

type Step =
  | { readonly kind: 'add'; readonly key: string; readonly priority: Priority; readonly afterMs: number }
  | { readonly kind: 'take' }
  | { readonly kind: 'done' }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    key: fc.constantFrom('a', 'b', 'c'),
    priority: fc.constantFrom<Priority>('urgent', 'normal', 'background'),
    afterMs: fc.constantFrom(0, 0, 1, 5, 20),
  }),
  fc.record({ kind: fc.constant('take' as const) }),
  fc.record({ kind: fc.constant('done' as const) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30 }) }),
);

test('whatever happens, a key runs alone, and every wake-up is followed by a run', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = fakeClock();
      using queue = createQueue({ clock });
      const running: string[] = [];
      const owed = new Set<string>();
      const take = () => {
        const next = queue.take();
        if (next === undefined) return;
        expect(running).not.toContain(next.key);
        running.push(next.key);
        owed.delete(next.key);
      };
      const finish = () => {
        const key = running.shift();
        if (key !== undefined) queue.done(key);
      };
      for (const each of steps) {
        if (each.kind === 'add') {
          queue.add(each.key, each);
          owed.add(each.key);
        } else if (each.kind === 'take') take();
        else if (each.kind === 'done') finish();
        else await clock.advance(each.ms);
      }
      await clock.advance(20);
      while (running.length > 0) finish();
      while (queue.depth > 0) take();
      expect([...owed]).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
