import { expect, test } from 'vitest';
import { createArrivals } from './arrivals.ts';

const never = () => new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Whether somebody who wants this content now would have to wait. */
async function waits(arrivals: ReturnType<typeof createArrivals>, key: string): Promise<boolean> {
  let waiting = true;
  void arrivals.settled(key, never()).then(() => {
    waiting = false;
  });
  await settle();
  return waiting;
}

test('whoever wants what is finished waits until it has arrived, and for nothing else', async () => {
  const arrivals = createArrivals();
  const arrival = arrivals.expect('a');
  expect(await waits(arrivals, 'a')).toBe(false);
  arrival.begin();
  expect(await waits(arrivals, 'a')).toBe(true);
  expect(await waits(arrivals, 'b')).toBe(false);
  const waiting = arrivals.settled('a', never());
  arrival[Symbol.dispose]();
  await waiting;
  expect(await waits(arrivals, 'a')).toBe(false);
});

test('who has given up before it was finished keeps nobody waiting', async () => {
  const arrivals = createArrivals();
  const arrival = arrivals.expect('a');
  arrival[Symbol.dispose]();
  arrival.begin();
  expect(await waits(arrivals, 'a')).toBe(false);
});

test('of two that are on their way, the one that arrives first does not end the wait for the other', async () => {
  const arrivals = createArrivals();
  const [first, second] = [arrivals.expect('a'), arrivals.expect('a')];
  first.begin();
  second.begin();
  first[Symbol.dispose]();
  expect(await waits(arrivals, 'a')).toBe(true);
  second[Symbol.dispose]();
  expect(await waits(arrivals, 'a')).toBe(false);
});

test('who is overtaken while waiting waits no longer', async () => {
  const arrivals = createArrivals();
  using arrival = arrivals.expect('a');
  arrival.begin();
  const abort = new AbortController();
  const waiting = arrivals.settled('a', abort.signal);
  abort.abort(new Error('overtaken'));
  await expect(waiting).rejects.toThrow('overtaken');
});
