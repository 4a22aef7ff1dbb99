import { ApiError } from '@gotk/kube';
import { describe, expect, test } from 'vitest';
import { recordingLog, recordingRecorder } from '../../test/recording.ts';
import { type Widget, widget } from '../../test/widget.ts';
import { Failed, type Outcome, Stalled, Waiting } from './outcome.ts';
import { outcomeOf, readyOutcome } from './outcome-of.ts';
import { eventFor, report } from './report.ts';

const why = { reason: 'BecauseOfIt', message: 'what happened', eventMetadata: { revision: 'r1' } };
const waiting: Outcome = { kind: 'waiting', on: new Waiting(why) };
const stalled: Outcome = { kind: 'stalled', by: new Stalled(why) };
const failed: Outcome = { kind: 'failed', by: new Failed(why) };
const saying = (status: 'True' | 'False', message: string): Widget =>
  widget({ status: { conditions: [{ type: 'Ready', status, reason: why.reason, message, lastTransitionTime: '' }] } });
const asked = { annotations: { 'reconcile.fluxcd.io/requestedAt': 'token-1' } };

describe('an event', () => {
  test.each([
    ['info', waiting],
    ['error', stalled],
    ['error', failed],
  ] as const)('%s tells of an outcome that is news, with the revision it is about', (severity, outcome) => {
    expect(eventFor(widget(), outcome)).toEqual({ severity, reason: why.reason, message: why.message, metadata: { revision: 'r1' } });
  });

  test.each([waiting, stalled])('tells once what an object waits for or is stalled by', (outcome) => {
    expect(eventFor(saying('False', why.message), outcome)).toBeUndefined();
    expect(eventFor(saying('False', 'something else'), outcome)).toBeDefined();
    expect(eventFor(saying('True', why.message), outcome)).toBeDefined();
  });

  test.each([waiting, stalled])('tells it again to whoever asks', (outcome) => {
    expect(eventFor({ ...saying('False', why.message), metadata: { name: 'web', ...asked } }, outcome)).toBeDefined();
  });

  test('tells every failure', () => {
    expect(eventFor(saying('False', why.message), failed)).toBeDefined();
  });

  test('is not sent for a success, which is the controller’s to tell, nor for giving way', () => {
    expect(eventFor(widget(), readyOutcome({ reason: 'Succeeded', message: 'done' }))).toBeUndefined();
    expect(eventFor(widget(), { kind: 'superseded' })).toBeUndefined();
  });
});

describe('the log', () => {
  const logged = (outcome: Outcome) => {
    const [log, recorder] = [recordingLog(), recordingRecorder()];
    report(widget(), outcome, { log, recorder });
    return log.lines;
  };

  test.each([
    ['info', waiting],
    ['error', stalled],
    ['error', failed],
    ['info', readyOutcome(why)],
    ['info', { kind: 'superseded' }],
  ] as const)('has one line (%s) for each outcome', (level, outcome) => {
    expect(logged(outcome).map((line) => line.level)).toEqual([level]);
  });

  test('has the stack of a bug, and of nothing that explains itself', () => {
    const { signal } = new AbortController();
    expect(logged(outcomeOf(new TypeError('x is undefined'), signal))[0]?.fields).toHaveProperty(
      'stacktrace',
      expect.stringContaining('report.test.ts'),
    );
    const explained = [
      new ApiError('forbidden', { status: 403, reason: 'Forbidden' }),
      Object.assign(new Error('full'), { code: 'ENOSPC' }),
      'a text',
    ];
    for (const thrown of explained) expect(logged(outcomeOf(thrown, signal))[0]?.fields).not.toHaveProperty('stacktrace');
    expect(logged(failed)[0]?.fields).not.toHaveProperty('stacktrace');
  });
});
