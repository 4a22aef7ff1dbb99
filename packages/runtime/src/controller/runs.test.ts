import { settled } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { Superseded } from './outcome.ts';
import { createRuns } from './runs.ts';

test('overtakes the run of one key and leaves the others alone', () => {
  const runs = createRuns();
  const [web, db] = [runs.start('apps/web'), runs.start('apps/db')];
  runs.overtake('apps/web', 'the object was changed');
  runs.overtake('apps/none', 'nobody runs');
  expect(web.aborted && web.reason).toEqual(new Superseded('the object was changed'));
  expect(db.aborted).toBe(false);
});

test('a run that has ended is not overtaken any more, nor is the next one by what was meant for it', () => {
  const runs = createRuns();
  const first = runs.start('apps/web');
  runs.end('apps/web');
  runs.overtake('apps/web', 'late');
  expect(first.aborted).toBe(false);
  expect(runs.start('apps/web').aborted).toBe(false);
});

test('overtakes all at once', () => {
  const runs = createRuns();
  const signals = [runs.start('a'), runs.start('b')];
  runs.overtakeAll('shutdown');
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test('is idle at once when nothing runs, and otherwise when the last run has ended', async () => {
  const runs = createRuns();
  await runs.idle();
  runs.start('a');
  runs.start('b');
  let idle = 0;
  for (let waiter = 0; waiter < 2; waiter++) void runs.idle().then(() => (idle += 1));
  runs.end('a');
  await settled();
  expect([runs.count, idle]).toEqual([1, 0]);
  runs.end('b');
  await settled();
  expect([runs.count, idle]).toEqual([0, 2]);
});
