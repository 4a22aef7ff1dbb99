import { describe, expect, test } from 'vitest';
import { Failed, type Outcome, Stalled, Superseded, Waiting } from './outcome.ts';
import { outcomeOf, readyOutcome, requeueFor } from './outcome-of.ts';

const never = new AbortController().signal;
const why = { reason: 'BecauseOfIt', message: 'what happened' };

describe('outcomeOf', () => {
  test('what a run throws on purpose is its outcome', () => {
    const [stalled, waiting, failed] = [new Stalled(why), new Waiting(why), new Failed(why)];
    expect(outcomeOf(stalled, never)).toEqual({ kind: 'stalled', by: stalled });
    expect(outcomeOf(waiting, never)).toEqual({ kind: 'waiting', on: waiting });
    expect(outcomeOf(failed, never)).toEqual({ kind: 'failed', by: failed });
    expect(outcomeOf(new Superseded('a newer revision'), never)).toEqual({ kind: 'superseded' });
  });

  test('whatever an overtaken run throws, it was superseded', () => {
    const signal = AbortSignal.abort(new Superseded('the object was changed'));
    expect(outcomeOf(new Error('socket closed'), signal)).toEqual({ kind: 'superseded' });
    expect(outcomeOf(new Stalled(why), signal)).toEqual({ kind: 'superseded' });
  });

  test('an abort for another reason is not giving way', () => {
    expect(outcomeOf(new Error('late'), AbortSignal.abort(new Error('deadline'))).kind).toBe('failed');
  });

  test.each([
    ['an error', new TypeError('x is undefined'), 'x is undefined'],
    ['an error without words', new RangeError(), 'RangeError'],
    ['a text', 'broken', 'broken'],
    ['nothing', undefined, 'undefined'],
    ['what cannot be shown', Object.create(null), 'something that cannot be shown was thrown'],
    ['a secret', new Error('refused https://u:p4ssw0rd@h/'), 'refused https://*****@h/'],
  ])('%s that nobody classified is a failure that is tried again', (_what, thrown, message) => {
    const outcome = outcomeOf(thrown, never);
    expect(outcome).toMatchObject({ kind: 'failed', unforeseen: true, by: { reason: 'ReconciliationFailed', message } });
    expect(outcome.kind === 'failed' && outcome.by.cause).toBe(thrown);
    expect(requeueFor(outcome)).toEqual({ kind: 'back-off' });
  });

  test('a failure that was classified is not unforeseen', () => {
    expect(outcomeOf(new Failed(why), never)).not.toHaveProperty('unforeseen');
  });
});

describe('requeueFor', () => {
  const ready = (againMs?: number): Outcome => readyOutcome({ ...why, ...(againMs === undefined ? {} : { againMs }) });
  const waiting = (againMs?: number): Outcome => ({
    kind: 'waiting',
    on: new Waiting({ ...why, ...(againMs === undefined ? {} : { againMs }) }),
  });
  const failed = (retryMs?: number): Outcome => ({
    kind: 'failed',
    by: new Failed({ ...why, ...(retryMs === undefined ? {} : { retryMs }) }),
  });

  test.each<[string, Outcome, unknown]>([
    ['ready with an interval: after it, spread', ready(60_000), { kind: 'after', ms: 60_000, jitter: true }],
    ['ready without one: on change', ready(), { kind: 'on-change' }],
    ['waiting: a watch wakes it', waiting(), { kind: 'on-change' }],
    ['waiting with a net below: after it, spread', waiting(30_000), { kind: 'after', ms: 30_000, jitter: true }],
    ['stalled: only a new spec can help', { kind: 'stalled', by: new Stalled(why) }, { kind: 'on-change' }],
    ['failed: back-off', failed(), { kind: 'back-off' }],
    ['failed with an interval of its own: exactly after it', failed(5_000), { kind: 'after', ms: 5_000, jitter: false }],
    ['superseded: now', { kind: 'superseded' }, { kind: 'now' }],
  ])('%s', (_what, outcome, expected) => {
    expect(requeueFor(outcome)).toEqual(expected);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('an interval of %s is none', (ms) => {
    expect(requeueFor(ready(ms))).toEqual({ kind: 'on-change' });
    expect(requeueFor(waiting(ms))).toEqual({ kind: 'on-change' });
    expect(requeueFor(failed(ms))).toEqual({ kind: 'back-off' });
  });
});
