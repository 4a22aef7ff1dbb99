import { fakeClock } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { createFlights } from './flights.ts';

/** Somebody who wants to know how things are now. */
function bed() {
  const clock = fakeClock();
  const flights = createFlights<string>(clock);
  const asker = (signal: AbortSignal = new AbortController().signal, sinceMs = clock.monotonic()) => ({ signal, sinceMs });
  return { clock, flights, asker };
}

/** Work whose end the test decides, and how often it began. */
function controlled() {
  const begun: { readonly signal: AbortSignal; readonly end: (value: string) => void; readonly fail: (error: Error) => void }[] = [];
  const work = (signal: AbortSignal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    begun.push({ signal, end: resolve, fail: reject });
    return promise;
  };
  return { begun, work };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('questions with other keys have nothing to do with each other', async () => {
  const { flights, asker } = bed();
  const { begun, work } = controlled();
  const both = [flights.join('a', asker(), work), flights.join('b', asker(), work)];
  expect(begun).toHaveLength(2);
  begun[0]?.end('a');
  begun[1]?.end('b');
  expect(await Promise.all(both)).toEqual(['a', 'b']);
});

test('after the end, the next one starts anew', async () => {
  const { clock, flights, asker } = bed();
  const { begun, work } = controlled();
  const first = flights.join('a', asker(), work);
  begun[0]?.end('one');
  expect(await first).toBe('one');
  await clock.advance(1);
  const second = flights.join('a', asker(), work);
  begun[1]?.end('two');
  expect(await second).toBe('two');
});

test('who leaves gets the reason at once, and the work goes on for the others until the last has left', async () => {
  const { flights, asker } = bed();
  const { begun, work } = controlled();
  const aborts = [new AbortController(), new AbortController(), new AbortController()];
  const joined = aborts.map(({ signal }) => flights.join('a', asker(signal), work).catch((error: unknown) => error));
  const reason = new Error('overtaken');
  aborts[0]?.abort(reason);
  expect(await joined[0]).toBe(reason);
  for (const abort of aborts) abort.abort(reason);
  expect(await Promise.all(joined)).toEqual([reason, reason, reason]);
  expect(begun[0]?.signal.aborted).toBe(true);
});

test('an answer is never older than its question: who comes while one is under way waits for the next, together with all the others', async () => {
  const { clock, flights, asker } = bed();
  const { begun, work } = controlled();
  const first = flights.join('a', asker(), work);
  await clock.advance(1);
  const late = Array.from({ length: 99 }, () => flights.join('a', asker(), work));
  expect(begun).toHaveLength(1);
  begun[0]?.end('before the push');
  expect(await first).toBe('before the push');
  await settle();
  expect(begun).toHaveLength(2);
  begun[1]?.end('after the push');
  expect(new Set(await Promise.all(late))).toEqual(new Set(['after the push']));
});

test('a failure is no answer to the next question', async () => {
  const { clock, flights, asker } = bed();
  const { begun, work } = controlled();
  const first = flights.join('a', asker(), work).catch((error: unknown) => error);
  await clock.advance(1);
  const second = flights.join('a', asker(), work);
  begun[0]?.fail(new Error('no'));
  expect(await first).toBeInstanceOf(Error);
  await settle();
  begun[1]?.end('yes');
  expect(await second).toBe('yes');
});

test('a question that all have left before it was asked is not asked', async () => {
  const { clock, flights, asker } = bed();
  const { begun, work } = controlled();
  const first = flights.join('a', asker(), work);
  await clock.advance(1);
  const abort = new AbortController();
  const left = flights.join('a', asker(abort.signal), work).catch(() => 'left');
  abort.abort();
  expect(await left).toBe('left');
  begun[0]?.end('one');
  await first;
  await settle();
  const again = flights.join('a', asker(), work);
  expect(begun).toHaveLength(2);
  begun[1]?.end('two');
  expect(await again).toBe('two');
});

test('whoever wanted to know before the question was asked is content with its answer, be it on the way or there already', async () => {
  const { clock, flights, asker } = bed();
  const { begun, work } = controlled();
  const sinceMs = clock.monotonic();
  await clock.advance(10);
  const first = flights.join('a', asker(undefined, sinceMs), work);
  const second = flights.join('a', asker(undefined, sinceMs), work);
  begun[0]?.end('answer');
  expect(await Promise.all([first, second])).toEqual(['answer', 'answer']);
  await clock.advance(10);
  expect(await flights.join('a', asker(undefined, sinceMs), work)).toBe('answer');
  expect(begun).toHaveLength(1);

  const anew = flights.join('a', asker(), work);
  expect(begun).toHaveLength(2);
  begun[1]?.end('newer');
  expect(await anew).toBe('newer');
});
