import { expect, test } from 'vitest';
import { ApiError, ConnectionError } from './errors.ts';
import { backOffMs, type ListWatchState, next, START } from './list-watch-state.ts';

const watching = (resourceVersion: string, failures = 0): ListWatchState => ({ at: 'watching', resourceVersion, failures });
const failed = (error: unknown) => ({ kind: 'failed', error }) as const;
const gone = new ApiError('too old', { status: 410, reason: 'Expired' });
const lost = new ConnectionError('reset');

test('a list is watched from where it ended', () => {
  expect(next(START, { kind: 'listed', resourceVersion: '7' })).toEqual(watching('7'));
  expect(next({ at: 'empty', failures: 3 }, { kind: 'listed', resourceVersion: '7' })).toEqual(watching('7'));
});

test('each event moves the place to go on from, and forgives failures', () => {
  expect(next(watching('7', 2), { kind: 'seen', resourceVersion: '8' })).toEqual(watching('8'));
});

test('an event without a version moves nothing', () => {
  expect(next(watching('7'), { kind: 'seen', resourceVersion: '' })).toEqual(watching('7'));
});

test('a watch that was closed goes on where it ended', () => {
  expect(next(watching('7'), { kind: 'closed' })).toEqual(watching('7'));
});

test('a watch that failed goes on where it ended, and failures count', () => {
  expect(next(next(watching('7'), failed(lost)), failed(lost))).toEqual(watching('7', 2));
});

test('a version that has left the server’s window makes everything be listed again', () => {
  expect(next(watching('7'), failed(gone))).toEqual({ at: 'empty', failures: 1 });
});

test('a list that failed is listed again', () => {
  expect(next(START, failed(lost))).toEqual({ at: 'empty', failures: 1 });
});

test('stays away for longer with each failure, half a minute in the end, and with jitter', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 100].map((failures) => backOffMs(failures, () => 0))).toEqual([
    0, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000,
  ]);
  expect(backOffMs(1, () => 0.999)).toBeCloseTo(1_500, -1);
});
