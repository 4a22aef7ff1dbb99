import type { Condition } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { type Widget, widget } from '../../test/widget.ts';
import { Failed, Stalled, Waiting } from '../controller/outcome.ts';
import { readyOutcome } from '../controller/outcome-of.ts';
import type { CommonStatus } from './status.ts';
import { type Settled, seenIn, statusAfter, statusInProgress, withChange } from './summarise.ts';

const NOW = '2026-01-02T03:04:05Z';
const nowMs = Date.parse(NOW);
const seen = { generation: 2, handled: {} };
const owned = { Healthy: 'positive', FetchFailed: 'negative' } as const;
const foreign: Condition = { type: 'Theirs', status: 'True', reason: 'Theirs', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
const why = { reason: 'BecauseOfIt', message: 'what happened' };

const withStatus = (status: CommonStatus): Widget => widget({ metadata: { generation: 2 }, status });
const after = (outcome: Settled, status: CommonStatus = {}) => statusAfter(withStatus(status), outcome, { seen, nowMs, owned });
const shown = ({ conditions = [] }: CommonStatus) => conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);

const outcomes = {
  ready: readyOutcome(why) as Settled,
  waiting: { kind: 'waiting', on: new Waiting(why) },
  stalled: { kind: 'stalled', by: new Stalled(why) },
  failed: { kind: 'failed', by: new Failed(why) },
} as const satisfies Record<string, Settled>;

describe('the status after a run', () => {
  test.each([
    ['ready', ['Ready=True BecauseOfIt']],
    ['waiting', ['Reconciling=True ProgressingWithRetry', 'Ready=False BecauseOfIt']],
    ['stalled', ['Stalled=True BecauseOfIt', 'Ready=False BecauseOfIt']],
    ['failed', ['Reconciling=True ProgressingWithRetry', 'Ready=False BecauseOfIt']],
  ] as const)('%s shows in the conditions, whatever they said before', (kind, expected) => {
    for (const before of Object.values(outcomes)) expect(shown(after(outcomes[kind], after(before)))).toEqual(expected);
  });

  test.each(['ready', 'stalled'] as const)('%s has observed the generation that the run saw', (kind) => {
    expect(after(outcomes[kind], { observedGeneration: 1 }).observedGeneration).toBe(2);
  });

  test.each(['waiting', 'failed'] as const)('%s has not come to an end: the observed generation stays', (kind) => {
    expect(after(outcomes[kind], { observedGeneration: 1 }).observedGeneration).toBe(1);
    expect(after(outcomes[kind])).not.toHaveProperty('observedGeneration');
  });

  test('an object that was changed during the run is not said to be observed as it is now', () => {
    const status = statusAfter(widget({ metadata: { generation: 3 } }), outcomes.ready, { seen, nowMs });
    expect(status.observedGeneration).toBe(2);
    expect(status.conditions?.[0]?.observedGeneration).toBe(2);
  });

  test.each(['ready', 'waiting', 'stalled', 'failed'] as const)('%s answers the reconcile request that the run saw', (kind) => {
    const asked = { ...seen, handled: { lastHandledReconcileAt: 'token-1' } };
    expect(
      statusAfter(withStatus({ lastHandledReconcileAt: 'token-0' }), outcomes[kind], { seen: asked, nowMs }).lastHandledReconcileAt,
    ).toBe('token-1');
    expect(after(outcomes[kind], { lastHandledReconcileAt: 'token-0' }).lastHandledReconcileAt).toBe('token-0');
  });

  test('a request that came during the run is still open', () => {
    const annotations = { 'reconcile.fluxcd.io/requestedAt': 'token-2' };
    const later = widget({ metadata: { generation: 2, annotations } });
    const asked = { ...seen, handled: { lastHandledReconcileAt: 'token-1' } };
    expect(statusAfter(later, outcomes.ready, { seen: asked, nowMs }).lastHandledReconcileAt).toBe('token-1');
    expect(seenIn(later)).toEqual({ generation: 2, handled: { lastHandledReconcileAt: 'token-2' } });
  });

  test('conditions and fields of others are kept', () => {
    const status = after(outcomes.failed, { conditions: [foreign], artifact: { revision: 'main@sha1:1' } });
    expect(status.conditions).toContainEqual(foreign);
    expect(status.artifact).toEqual({ revision: 'main@sha1:1' });
  });

  test('what the run wants to say is said, and cannot contradict the outcome', () => {
    const ready = { type: 'Ready', status: 'True', reason: 'Mine', message: '' } as const;
    const healthy = { type: 'Healthy', status: 'False', reason: 'Mine', message: '' } as const;
    const by = new Failed({ ...why, fields: { attempted: 'main@sha1:2' }, conditions: [ready, healthy] });
    const status = after({ kind: 'failed', by });
    expect(shown(status)).toEqual(['Reconciling=True ProgressingWithRetry', 'Ready=False BecauseOfIt', 'Healthy=False Mine']);
    expect(status.attempted).toBe('main@sha1:2');
  });

  test('a negative condition is there for as long as runs name it', () => {
    const trouble = { type: 'FetchFailed', status: 'True', reason: 'GitOperationFailed', message: 'no' } as const;
    const failed = after({ kind: 'failed', by: new Failed({ ...why, conditions: [trouble] }) });
    expect(shown(failed)).toContain('FetchFailed=True GitOperationFailed');
    expect(shown(after({ kind: 'failed', by: new Failed({ ...why, conditions: [trouble] }) }, failed))).toEqual(shown(failed));
    expect(shown(after(outcomes.waiting, failed))).toContain('FetchFailed=True GitOperationFailed');
    for (const kind of ['ready', 'stalled', 'failed'] as const)
      expect(shown(after(outcomes[kind], failed)).join()).not.toContain('FetchFailed');
  });

  test('a positive condition stays as it is until a run says otherwise', () => {
    const healthy = { type: 'Healthy', status: 'True', reason: 'Succeeded', message: '' } as const;
    const before = after(readyOutcome({ ...why, conditions: [healthy] }) as Settled);
    for (const outcome of Object.values(outcomes)) expect(shown(after(outcome, before))).toContain('Healthy=True Succeeded');
  });

  test('a condition that the controller does not own is not its to write', () => {
    const theirs = { type: 'Theirs', status: 'False', reason: 'Mine', message: '' } as const;
    expect(() => after({ kind: 'failed', by: new Failed({ ...why, conditions: [theirs] }) })).toThrow(/'Theirs' is not one that/);
  });

  test('the same outcome a minute later changes nothing', () => {
    for (const outcome of Object.values(outcomes)) {
      const once = after(outcome);
      expect(statusAfter(withStatus(once), outcome, { seen, nowMs: nowMs + 60_000 })).toEqual(once);
    }
  });

  test('a negative condition that is named again is the same one, and no other time is put on it', () => {
    const conditions = [{ type: 'FetchFailed', status: 'True', reason: 'GitOperationFailed', message: 'no' } as const];
    const outcome: Settled = { kind: 'failed', by: new Failed({ ...why, conditions }) };
    const once = after(outcome);
    expect(statusAfter(withStatus(once), outcome, { seen, nowMs: nowMs + 60_000, owned })).toEqual(once);
  });

  test('a status that is no status at all is replaced', () => {
    const broken = { ...widget(), status: 'fine' } as unknown as Widget;
    expect(shown(statusAfter(broken, outcomes.ready, { seen, nowMs }))).toEqual(['Ready=True BecauseOfIt']);
    const worse = { ...widget(), status: { conditions: ['fine', { status: 'True' }, foreign] } } as unknown as Widget;
    expect(shown(statusAfter(worse, outcomes.ready, { seen, nowMs }))).toEqual(['Ready=True BecauseOfIt', 'Theirs=True Theirs']);
  });
});

describe('the status of a run under way', () => {
  test('says what it is doing, and that nothing is decided', () => {
    const before = after(outcomes.stalled, { conditions: [foreign], lastHandledReconcileAt: 'token-0' });
    const status = statusInProgress(withStatus(before), 'building', {
      seen: { generation: 3, handled: { lastHandledReconcileAt: 'token-1' } },
      nowMs,
    });
    expect(shown(status)).toEqual(['Reconciling=True Progressing', 'Ready=Unknown Progressing', 'Theirs=True Theirs']);
    expect(status.conditions?.[0]).toMatchObject({ message: 'building', observedGeneration: 3, lastTransitionTime: NOW });
    expect(status).toMatchObject({ observedGeneration: 2, lastHandledReconcileAt: 'token-0' });
  });
});

describe('a change on the way', () => {
  test('replaces fields whole, removes those that are undefined, and leaves the verdict alone', () => {
    const before = after(outcomes.ready, { inventory: { entries: ['a'] }, url: 'http://x', kept: 1 });
    const status = withChange(withStatus(before), { fields: { inventory: { entries: ['b'] }, url: undefined } }, { seen, nowMs });
    expect(status).toEqual({ conditions: before.conditions, observedGeneration: 2, inventory: { entries: ['b'] }, kept: 1 });
  });

  test('a status without any condition has no list of them', () => {
    const ready = { type: 'Ready', absent: true } as const;
    expect(withChange(withStatus(after(outcomes.ready)), { conditions: [ready] }, { seen, nowMs })).toEqual({ observedGeneration: 2 });
  });
});
