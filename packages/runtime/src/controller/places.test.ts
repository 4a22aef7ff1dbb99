import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { createPlaces } from './places.ts';

function bench() {
  const clock = fakeClock();
  const places = createPlaces({ clock, size: 1, slowSize: 8, end: () => undefined, onRoom: () => undefined });
  const enter = (key: string, isRetry = false) => places.enter(key, { isSlow: false, isRetry, waits: true, begin: () => undefined });
  /** How long a run that waits and never ends keeps its place from somebody who waits. */
  const keepsMs = async (isRetry = false): Promise<number> => {
    enter('apps/stuck', isRetry);
    let waited = 0;
    for (; !places.hasRoom(true); waited += 10) await clock.advance(10);
    places.leave('apps/stuck', { isWell: false });
    return waited;
  };
  const run = async (ms: number, isWell = true) => {
    enter('apps/usual');
    await clock.advance(ms);
    places.leave('apps/usual', { isWell });
  };
  return { keepsMs, run, [Symbol.dispose]: () => places[Symbol.dispose]() };
}

test('a run that waits keeps its place for some times what runs take that end well', async () => {
  using bed = bench();
  expect(await bed.keepsMs()).toBe(50);
  for (let n = 0; n < 100; n++) await bed.run(100);
  expect(await bed.keepsMs()).toBe(200);
  for (let n = 0; n < 100; n++) await bed.run(60_000, false);
  expect(await bed.keepsMs()).toBe(200);
});

test('that of an object that failed the last time does not', async () => {
  using bed = bench();
  for (let n = 0; n < 100; n++) await bed.run(100);
  expect(await bed.keepsMs(true)).toBe(0);
});
