import type { ManagedFieldsEntry, Unstructured } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { endOf, expires, verdictOfGone } from './expiring-jobs.ts';
import { createLedger } from './ledger.ts';

const ours: ManagedFieldsEntry = { manager: 'us', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:ttlSecondsAfterFinished': {} } } };
const status = (...fields: readonly string[]): ManagedFieldsEntry => ({
  manager: 'kube-controller-manager',
  operation: 'Update',
  subresource: 'status',
  fieldsV1: { 'f:status': Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
});
const job = (managedFields: readonly ManagedFieldsEntry[], more: object = {}): Unstructured => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'it', managedFields },
  ...more,
});

test.each([
  [{ spec: { ttlSecondsAfterFinished: 0 } }, true],
  [{ spec: { ttlSecondsAfterFinished: null } }, false],
  [{ spec: {} }, false],
  [{ spec: { ttlSecondsAfterFinished: 0 }, kind: 'CronJob' }, false],
])('a Job with %j deletes itself: %s', (more, expected) => {
  expect(expires(job([], more))).toBe(expected);
});

test.each([
  ['has completed', [ours, status('completionTime', 'conditions', 'startTime')], 'complete'],
  ['has failed', [ours, status('conditions', 'startTime')], 'failed'],
  ['is under way', [ours, status('startTime', 'active')], undefined],
  ['has no TTL', [status('completionTime', 'conditions')], undefined],
] as const)('by its metadata alone, a Job that %s is told', (_what, managedFields, expected) => {
  expect(endOf(job(managedFields))).toBe(expected);
});

describe('a Job that is gone', () => {
  const complete = job([], { status: { conditions: [{ type: 'Complete', status: 'True' }] } });
  const failed = job([], { status: { conditions: [{ type: 'Failed', status: 'True' }] } });
  const running = job([], { status: { startTime: '2026-01-01T00:00:00Z' } });
  test.each([
    ['is healthy if it had completed', complete, undefined, 'Current'],
    ['is healthy if nobody had time to see it', undefined, undefined, 'Current'],
    ['has failed if it was last seen so', failed, undefined, 'Failed'],
    ['has failed if its metadata said so', undefined, 'failed', 'Failed'],
    ['is missing if somebody deleted it as it ran', running, undefined, undefined],
  ] as const)('%s', (...[, last, end, expected]) => {
    expect(verdictOfGone(last, end)?.status).toBe(expected);
  });
});

test('an end is remembered until the owner is applied in another edition, the object again, or the owner goes', () => {
  const ledger = createLedger();
  const ended = () => {
    ledger.end('a', 'apps/app', 'complete');
    return ledger.ended('a');
  };
  expect(ledger.enter('apps/app', 'one')).toBe('nothing');
  expect(ended()).toBe('complete');
  expect(ledger.enter('apps/app', 'one')).toBe('this edition');
  expect(ledger.ended('a')).toBe('complete');
  expect(ledger.enter('apps/app', 'two')).toBe('another edition');
  expect(ledger.ended('a')).toBeUndefined();
  ended();
  ledger.set('a', { owner: 'apps/app', hash: 'h', uid: 'u', resourceVersion: '1', entryDigest: 'd', atMs: 0 });
  expect(ledger.ended('a')).toBeUndefined();
  ended();
  ledger.forget('apps/app');
  expect(ledger.ended('a')).toBeUndefined();
  expect(ledger.enter('apps/app', 'two')).toBe('nothing');
});
