import { describe, expect, test } from 'vitest';
import { writesOf } from '../../test/memory-api.ts';
import { ready, runnerBed, settledWidget } from '../../test/runner-bed.ts';
import { webKey, widget, widgets } from '../../test/widget.ts';
import { conditionOf } from '../status/status.ts';
import { Failed, Stalled, Waiting } from './outcome.ts';

const why = { reason: 'BecauseOfIt', message: 'what happened' };
const failing = () => Promise.reject(new Failed(why));
const ask = (token: string) => ({ annotations: { 'reconcile.fluxcd.io/requestedAt': token } });

describe('a suspended object', () => {
  const suspended = (overrides: Parameters<typeof settledWidget>[0] = {}) =>
    settledWidget({ spec: { size: 1, suspend: true }, ...overrides });

  test('does not run, whoever wakes it, and the log says so once', async () => {
    await using bed = await runnerBed({ objects: [suspended()] });
    await bed.clock.advance(0);
    bed.wake({ key: webKey, priority: 'urgent' });
    bed.api.put(widgets, suspended({ metadata: ask('token-1') }));
    await bed.clock.advance(60_000);
    expect(bed.runs).toEqual([]);
    expect(bed.log.lines.filter(({ message }) => message === 'reconciliation is suspended')).toHaveLength(1);
    expect(writesOf(bed.api.asked)).toEqual([]);
  });

  test('runs when it is resumed', async () => {
    await using bed = await runnerBed({ objects: [suspended()] });
    await bed.clock.advance(0);
    bed.api.put(widgets, settledWidget());
    await bed.clock.advance(0);
    expect(bed.runs).toEqual(['web']);
  });

  test('is finalized all the same', async () => {
    await using bed = await runnerBed({ objects: [suspended()] });
    await bed.clock.advance(0);
    bed.api.remove(widgets, webKey);
    await bed.clock.advance(0);
    expect(bed.api.read(widgets, webKey)).toBeUndefined();
  });

  test('stops running the moment it is suspended', async () => {
    let aborted = false;
    await using bed = await runnerBed({
      reconcile: (_object, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            reject(signal.reason);
          });
        }),
    });
    await bed.clock.advance(0);
    bed.api.put(widgets, suspended());
    await bed.clock.advance(60_000);
    expect(aborted).toBe(true);
    expect(bed.runs).toHaveLength(1);
  });
});

describe('when to look again', () => {
  test('after a failure with back-off, and from the start of it after a success', async () => {
    let fails = true;
    await using bed = await runnerBed({ reconcile: () => (fails ? failing() : Promise.resolve({ ...ready, againMs: 1_000_000 })) });
    await bed.clock.advance(0);
    const after = async (ms: number) => {
      await bed.clock.advance(ms - 1);
      const before = bed.runs.length;
      await bed.clock.advance(1);
      return bed.runs.length - before;
    };
    for (const ms of [1_000, 2_000, 4_000, 8_000, 8_000]) expect(await after(ms)).toBe(1);
    expect(bed.runs).toHaveLength(6);
    fails = false;
    expect(await after(8_000)).toBe(1);
    fails = true;
    bed.wake({ key: webKey, priority: 'normal' });
    await bed.clock.advance(0);
    expect(await after(1_000)).toBe(1);
    expect(bed.recorder.events.filter(({ severity }) => severity === 'error')).toHaveLength(8);
  });

  test('a new spec need not wait for the back-off', async () => {
    await using bed = await runnerBed({ reconcile: failing });
    await bed.clock.advance(0);
    bed.api.put(widgets, settledWidget({ spec: { size: 2 } }));
    await bed.clock.advance(0);
    expect(bed.runs).toHaveLength(2);
  });

  test.each([
    [0, 54_000],
    [0.5, 60_000],
    [0.999_999, 66_000],
  ])('after its interval, spread by a tenth (%d)', async (random, expectedMs) => {
    await using bed = await runnerBed({ random: () => random, reconcile: () => Promise.resolve({ ...ready, againMs: 60_000 }) });
    await bed.clock.advance(expectedMs - 2);
    expect(bed.runs).toHaveLength(1);
    await bed.clock.advance(2);
    expect(bed.runs).toHaveLength(2);
  });

  test('after a failure whose interval the spec names, exactly after it', async () => {
    await using bed = await runnerBed({ random: () => 0, reconcile: () => Promise.reject(new Failed({ ...why, retryMs: 30_000 })) });
    await bed.clock.advance(29_999);
    expect(bed.runs).toHaveLength(1);
    await bed.clock.advance(1);
    expect(bed.runs).toHaveLength(2);
  });

  test('not at all when it is stalled, until its spec changes', async () => {
    await using bed = await runnerBed({ reconcile: () => Promise.reject(new Stalled(why)) });
    await bed.clock.advance(86_400_000);
    expect(bed.runs).toHaveLength(1);
    bed.api.put(widgets, settledWidget({ spec: { size: 2 } }));
    await bed.clock.advance(0);
    expect(bed.runs).toHaveLength(2);
  });

  test('with back-off when its status could not be written, however well it went', async () => {
    await using bed = await runnerBed();
    bed.api.before = ({ subresource }) => {
      if (subresource === 'status') throw Object.assign(new Error('gone mad'));
    };
    await bed.clock.advance(999);
    expect(bed.runs).toHaveLength(1);
    bed.api.before = () => undefined;
    await bed.clock.advance(1);
    expect(bed.runs).toHaveLength(2);
    expect(conditionOf(bed.api.read(widgets, webKey) ?? widget(), 'Ready')?.status).toBe('True');
  });
});

describe('a wait', () => {
  const waiting = () => Promise.reject(new Waiting(why));

  test('that ends within a second is never shown', async () => {
    let there = false;
    await using bed = await runnerBed({ reconcile: () => (there ? Promise.resolve(ready) : waiting()) });
    await bed.clock.advance(500);
    expect(bed.runs).toHaveLength(1);
    there = true;
    bed.wake({ key: webKey, priority: 'normal' });
    await bed.clock.advance(60_000);
    expect(bed.runs).toHaveLength(2);
    expect(writesOf(bed.api.asked)).toEqual(['patch status web']);
    expect(bed.recorder.events).toEqual([]);
  });

  test('that lasts is shown after a second, with one event, and costs nothing from then on', async () => {
    await using bed = await runnerBed({ reconcile: waiting });
    await bed.clock.advance(999);
    expect(writesOf(bed.api.asked)).toEqual([]);
    await bed.clock.advance(1);
    expect(conditionOf(bed.api.read(widgets, webKey) ?? widget(), 'Ready')).toMatchObject({ status: 'False', ...why });
    await bed.clock.advance(86_400_000);
    expect(bed.runs).toHaveLength(2);
    expect(bed.recorder.events).toMatchObject([{ severity: 'info', ...why }]);
  });

  test('that something looks into meanwhile is not shown any sooner', async () => {
    await using bed = await runnerBed({ reconcile: waiting });
    await bed.clock.advance(500);
    bed.wake({ key: webKey, priority: 'normal' });
    await bed.clock.advance(499);
    expect(bed.runs).toHaveLength(2);
    expect(writesOf(bed.api.asked)).toEqual([]);
    await bed.clock.advance(1_000);
    expect(writesOf(bed.api.asked)).toEqual(['patch status web']);
  });

  test('that something looks into all the time is shown all the same', async () => {
    await using bed = await runnerBed({ reconcile: waiting });
    for (let times = 0; times < 4; times++) {
      await bed.clock.advance(300);
      bed.wake({ key: webKey, priority: 'normal' });
    }
    await bed.clock.advance(0);
    expect(writesOf(bed.api.asked)).toEqual(['patch status web']);
  });

  test('has its patience back after something else happened', async () => {
    let there = false;
    await using bed = await runnerBed({ reconcile: () => (there ? Promise.resolve(ready) : waiting()) });
    await bed.clock.advance(1_000);
    there = true;
    bed.wake({ key: webKey, priority: 'normal' });
    await bed.clock.advance(0);
    there = false;
    bed.wake({ key: webKey, priority: 'normal' });
    await bed.clock.advance(0);
    expect(conditionOf(bed.api.read(widgets, webKey) ?? widget(), 'Ready')?.status).toBe('True');
  });
});

describe('after an outage', () => {
  test('what failed in it comes back at once, and what failed before keeps its pause', async () => {
    let fails = true;
    await using bed = await runnerBed({ reconcile: () => (fails ? failing() : Promise.resolve(ready)) });
    await bed.clock.advance(0);
    await bed.clock.advance(1_000);
    await bed.clock.advance(2_000);
    const before = bed.runs.length;
    bed.runner.recover(bed.clock.monotonic() + 1);
    await bed.clock.advance(1_500);
    expect(bed.runs).toHaveLength(before);
    fails = false;
    bed.runner.recover(0);
    await bed.clock.advance(1_000);
    expect(bed.runs).toHaveLength(before + 1);
    bed.runner.recover(0);
    await bed.clock.advance(1_000);
    expect(bed.runs).toHaveLength(before + 1);
  });
});
