import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { createPace } from './pace.ts';

test('lets ten runs through at once, then one a second', async () => {
  const clock = fakeClock();
  const pace = createPace({ clock });
  const burst = Array.from({ length: 11 }, () => pace.delayMs('apps/web'));
  expect(burst).toEqual([...Array(10).fill(0), 1_000]);
  await clock.advance(1_000);
  expect([pace.delayMs('apps/web'), pace.delayMs('apps/web')]).toEqual([0, 1_000]);
});

test('a key that rested may burst again, and no key pays for another', async () => {
  const clock = fakeClock();
  const pace = createPace({ clock });
  for (let n = 0; n < 20; n++) pace.delayMs('noisy');
  expect(pace.delayMs('quiet')).toBe(0);
  await clock.advance(10_000);
  expect(Array.from({ length: 10 }, () => pace.delayMs('noisy'))).toEqual(Array(10).fill(0));
});
