import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inPool } from './in-pool.ts';

test('no more than so many are at work at once, and every item gets its turn', async () => {
  let [active, most] = [0, 0];
  const done: number[] = [];
  await inPool([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
    active += 1;
    most = Math.max(most, active);
    await delay(1);
    active -= 1;
    done.push(item);
  });
  expect(most).toBe(3);
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('the first failure stops the rest from being started, and is thrown when what runs has ended', async () => {
  const started: number[] = [];
  let finished = 0;
  const work = inPool([1, 2, 3, 4], 2, async (item) => {
    started.push(item);
    if (item === 1) throw new Error('first');
    await delay(5);
    finished += 1;
  });
  await expect(work).rejects.toThrow('first');
  expect(started).toEqual([1, 2]);
  expect(finished).toBe(1);
});

test('what came of each is answered in the order of the items, whoever was first', async () => {
  const third = Promise.withResolvers<void>();
  const work = inPool(['a', 'b', 'c'], 3, async (item) => {
    if (item === 'c') third.resolve();
    else await third.promise;
    return item.toUpperCase();
  });
  expect(await work).toEqual(['A', 'B', 'C']);
});
