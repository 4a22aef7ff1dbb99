import { fakeClock, settled } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { tokenBucket } from './rate-ceiling.ts';

const never = new AbortController().signal;

function setUp({ qps = 10, burst = 2 } = {}) {
  const clock = fakeClock();
  const ceiling = tokenBucket({ clock, qps, burst });
  const passed: string[] = [];
  const pass = (name: string, signal = never) => ceiling.pass(signal).then(() => passed.push(name));
  return { clock, ceiling, passed, pass };
}

test('lets a burst pass at once, and the rest at the rate, in the order of arrival', async () => {
  const { clock, passed, pass } = setUp();
  for (const name of ['a', 'b', 'c', 'd']) void pass(name);
  await settled();
  expect(passed).toEqual(['a', 'b']);
  await clock.advance(99);
  expect(passed).toEqual(['a', 'b']);
  await clock.advance(1);
  expect(passed).toEqual(['a', 'b', 'c']);
  await clock.advance(100);
  expect(passed).toEqual(['a', 'b', 'c', 'd']);
});

test('lets everything pass while the server shares out its own capacity, and only then', async () => {
  const { ceiling, passed, pass } = setUp();
  ceiling.serverShares(true);
  await Promise.all(['a', 'b', 'c', 'd'].map((name) => pass(name)));
  expect(passed).toHaveLength(4);
  ceiling.serverShares(false);
  for (const name of ['e', 'f', 'g']) void pass(name);
  await settled();
  expect(passed.slice(4)).toEqual(['e', 'f']);
});

test('is firm where somebody has said so', async () => {
  const clock = fakeClock();
  const ceiling = tokenBucket({ clock, qps: 1, burst: 1, firm: true });
  ceiling.serverShares(true);
  await ceiling.pass(never);
  let passed = false;
  const second = ceiling.pass(never).then(() => {
    passed = true;
  });
  await clock.advance(900);
  expect(passed).toBe(false);
  await clock.advance(100);
  await second;
});

test('rest earns a burst, and never more', async () => {
  const { clock, passed, pass } = setUp();
  await clock.advance(3_600_000);
  for (const name of ['a', 'b', 'c']) void pass(name);
  await settled();
  expect(passed).toEqual(['a', 'b']);
});

test('whoever leaves while waiting has used nothing up', async () => {
  const { clock, passed, pass } = setUp();
  await Promise.all([pass('a'), pass('b')]);
  const stop = new AbortController();
  const left = pass('c', stop.signal).catch((error: unknown) => error);
  stop.abort(new Error('no longer needed'));
  expect(await left).toEqual(new Error('no longer needed'));
  void pass('d');
  await clock.advance(100);
  expect(passed).toEqual(['a', 'b', 'd']);
});

test('whoever has left already does not pass, and uses nothing up', async () => {
  const { passed, ceiling, pass } = setUp();
  await expect(ceiling.pass(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  await Promise.all([pass('a'), pass('b')]);
  expect(passed).toEqual(['a', 'b']);
});
