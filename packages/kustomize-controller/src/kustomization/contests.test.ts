import { type FakeClock, fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { type Contests, createContests } from './contests.ts';

const object = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'apps', name: 'web' };
const notice = { owner: 'apps/app', object, by: 'rival' };

/** Moves it so often, each time when it has been put right. */
async function fight(contests: Contests, clock: FakeClock, times: number): Promise<readonly number[]> {
  const delays: number[] = [];
  for (let time = 0; time < times; time++) {
    const delayMs = contests.moved(notice);
    delays.push(delayMs);
    await clock.advance(delayMs);
  }
  return delays;
}

test('an object that moves again and again is put right at once five times, and then ever later', async () => {
  const clock = fakeClock();
  const delays = await fight(createContests(clock), clock, 15);
  expect(delays).toEqual([0, 0, 0, 0, 0, ...[2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map((seconds) => seconds * 1_000)]);
});

test('one that is put right before its time, beside something else, waits no longer for it', async () => {
  const clock = fakeClock();
  const contests = createContests(clock);
  await fight(contests, clock, 7);
  expect(contests.moved(notice)).toBe(8_000);
  await clock.advance(3_000);
  expect(contests.moved(notice)).toBe(5_000);
  await clock.advance(5_000);
  expect(contests.moved(notice)).toBe(16_000);
});

test('others are not concerned', async () => {
  const clock = fakeClock();
  const contests = createContests(clock);
  await fight(contests, clock, 10);
  expect(contests.isContested('apps/app', object)).toBe(true);
  expect(contests.isContested('apps/app', { ...object, name: 'other' })).toBe(false);
  expect(contests.moved({ ...notice, owner: 'apps/other' })).toBe(0);
});

test('what is said names object, manager and how long it will take', async () => {
  const clock = fakeClock();
  const contests = createContests(clock);
  for (let time = 0; time < 5; time++) contests.moved(notice);
  expect(contests.describe('apps/app', object)).toBeUndefined();
  await clock.advance(3_000);
  contests.moved(notice);
  expect(contests.describe('apps/app', object)).toBe(
    "ConfigMap/apps/web was changed 6 times within 3s after it was applied, last by 'rival': somebody else wants it otherwise; the next change will be undone after 4s",
  );
});

test('after a minute of peace, or twice the last delay, it is forgotten', async () => {
  const clock = fakeClock();
  const contests = createContests(clock);
  await fight(contests, clock, 12);
  await clock.advance(61_000);
  expect(contests.isContested('apps/app', object)).toBe(true);
  await clock.advance(200_000);
  expect(contests.isContested('apps/app', object)).toBe(false);
  expect(contests.moved(notice)).toBe(0);
});
