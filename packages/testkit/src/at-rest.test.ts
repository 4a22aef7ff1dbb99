import { expect, test } from 'vitest';
import { atRest } from './at-rest.ts';

/** A list that has one more entry at each look, as long as there are any. */
const growing = (...entries: readonly string[]) => {
  let known = 0;
  return () => Promise.resolve(entries.slice(0, ++known));
};

test('a list is at rest when nothing was added to it between two looks', async () => {
  expect(await atRest(growing('a', 'b', 'c'), { quietMs: 1 })).toEqual(['a', 'b', 'c']);
});

test('of one that grows on and on the last entry is told', async () => {
  const endless = growing(...Array.from({ length: 1_000 }, (_, index) => `write ${index}`));
  await expect(atRest(endless, { quietMs: 1, timeoutMs: 20 })).rejects.toThrow(/^after 20 ms there still came "write \d+"$/);
});
