import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { recordingLog } from '../../test/recording.ts';
import type { Runner } from '../controller/runner.ts';
import { LeaseLost } from '../election/leader-election.ts';
import { firstOf, workUntil } from './drain.ts';

function setUp({ obedient = true } = {}) {
  const clock = fakeClock();
  const log = recordingLog();
  const stop = new AbortController();
  const calls: string[] = [];
  const idle = Promise.withResolvers<void>();
  const runner: Runner = {
    stop: () => calls.push('stop'),
    abort(why) {
      calls.push(`abort: ${why}`);
      if (obedient) idle.resolve();
    },
    recover: () => undefined,
    idle: () => idle.promise,
    [Symbol.dispose]: () => undefined,
  };
  const drained = workUntil(stop.signal, [runner], { clock, log, graceMs: 3_000 }).then(() => calls.push('drained'));
  return { clock, log, stop, calls, idle, drained };
}

test('works until it is told to stop, and lets what runs end by itself', async () => {
  const { clock, stop, calls, idle, drained } = setUp();
  await clock.advance(3_600_000);
  expect(calls).toEqual([]);
  stop.abort();
  await clock.advance(2_999);
  expect(calls).toEqual(['stop']);
  idle.resolve();
  await drained;
  expect(calls).toEqual(['stop', 'drained']);
  expect(clock.pending).toBe(0);
});

test('aborts what runs on after the grace', async () => {
  const { clock, stop, calls, drained } = setUp();
  stop.abort();
  await clock.advance(3_000);
  await drained;
  expect(calls).toEqual(['stop', 'abort: the process is shutting down', 'drained']);
});

test('gives no grace when somebody else may already be writing', async () => {
  const { clock, stop, calls, drained } = setUp();
  stop.abort(new LeaseLost('another process has taken the lease'));
  await clock.advance(0);
  await drained;
  expect(calls).toEqual(['stop', 'abort: leadership was lost', 'drained']);
});

test('gives up, and says so, on a run that ignores its signal', async () => {
  const { clock, log, stop, calls, drained } = setUp({ obedient: false });
  stop.abort();
  await clock.advance(7_999);
  expect(calls).not.toContain('drained');
  await clock.advance(1);
  await drained;
  expect(log.lines).toMatchObject([{ level: 'error', message: 'gave up on runs that ignore their signal' }]);
});

test('firstOf leaves no timer behind, whoever was first', async () => {
  const clock = fakeClock();
  expect(await firstOf(Promise.resolve('done'), { clock, ms: 1_000 })).toBe('done');
  expect(clock.pending).toBe(0);
  const late = firstOf(new Promise(() => undefined), { clock, ms: 1_000 });
  await clock.advance(1_000);
  expect(await late).toBe('late');
});
