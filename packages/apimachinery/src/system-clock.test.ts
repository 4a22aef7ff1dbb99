import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from './system-clock.ts';

afterEach(() => vi.useRealTimers());

const DAY_MS = 86_400_000;

test('a timer longer than Node can hold fires when it is due, and not at once', () => {
  vi.useFakeTimers();
  const fired: string[] = [];
  systemClock.after(60 * DAY_MS, () => fired.push('after'));
  systemClock.after(3.6e27, () => fired.push('never'));
  vi.advanceTimersByTime(60 * DAY_MS - 1);
  expect(fired).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(fired).toEqual(['after']);
});

test('a cancelled timer fires no more, however far it has come', () => {
  vi.useFakeTimers();
  const fire = vi.fn();
  const timer = systemClock.after(60 * DAY_MS, fire);
  vi.advanceTimersByTime(40 * DAY_MS);
  timer[Symbol.dispose]();
  vi.advanceTimersByTime(40 * DAY_MS);
  expect(fire).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});

test('a sleep ends in time, or as soon as it is called off, and leaves nothing behind', async () => {
  vi.useFakeTimers();
  const stop = new AbortController();
  const [inTime, calledOff] = [systemClock.sleep(10), systemClock.sleep(60 * DAY_MS, stop.signal)];
  await vi.advanceTimersByTimeAsync(10);
  await inTime;
  stop.abort();
  await calledOff;
  await systemClock.sleep(DAY_MS, AbortSignal.abort());
  expect(vi.getTimerCount()).toBe(0);
});

test('a timer that was due a moment ago fires at once, and Node has nothing to warn of', async () => {
  const warnings: string[] = [];
  const note = ({ name }: Error) => warnings.push(name);
  process.on('warning', note);
  await new Promise<void>((resolve) => systemClock.after(-0.006, resolve));
  // Warnings are told in a later turn.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
