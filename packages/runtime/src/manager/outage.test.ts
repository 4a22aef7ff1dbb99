import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { ApiError, ConnectionError } from '@gotk/kube';
import { expect, test } from 'vitest';
import { createOutage } from './outage.ts';

const refused = (status: number) => new ApiError('no', { status, reason: '' });
const lost = new ConnectionError('refused');

function setUp() {
  const clock = fakeClock();
  const over: number[] = [];
  return { clock, over, outage: createOutage({ clock, onOver: (sinceMs) => over.push(clock.monotonic() - sinceMs) }) };
}

test.each([
  ['no answer', lost],
  ['an answer that says that it cannot', refused(503)],
  ['an answer that says later', refused(429)],
])('an outage lasts from %s to the next good answer', async (_what, trouble) => {
  const { clock, over, outage } = setUp();
  outage.failed(trouble);
  await clock.advance(60_000);
  outage.failed(lost);
  expect(over).toEqual([]);
  outage.answered();
  outage.answered();
  expect(over).toEqual([60_000]);
});

test('a refusal is a good answer', async () => {
  const { clock, over, outage } = setUp();
  outage.failed(lost);
  await clock.advance(5_000);
  outage.failed(refused(404));
  expect(over).toEqual([5_000]);
});

test('trouble that others pass through is no outage, however long it goes on', async () => {
  const { clock, over, outage } = setUp();
  for (let second = 0; second < 60; second++) {
    outage.failed(refused(500));
    await clock.advance(1_000);
    outage.answered();
  }
  outage.failed(new Error('a bug of ours'));
  await clock.advance(60_000);
  outage.answered();
  expect(over).toEqual([]);
});
