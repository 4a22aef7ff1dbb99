import type { Unstructured } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { statusOf } from './status-of.ts';

const object = (apiVersion: string, kind: string, rest: { metadata?: object; spec?: object; status?: object } = {}): Unstructured => ({
  apiVersion,
  kind,
  spec: rest.spec,
  status: rest.status,
  metadata: { name: 'it', namespace: 'default', generation: 2, ...rest.metadata },
});
const ready = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };

describe('a Deployment', () => {
  const deployment = (status?: object, spec: object = { replicas: 2 }) =>
    object('apps/v1', 'Deployment', { spec, ...(status === undefined ? {} : { status }) });

  test.each([
    ['never observed', undefined, 'InProgress'],
    ['of an older generation', { ...ready, observedGeneration: 1 }, 'InProgress'],
    ['with all replicas available', ready, 'Current'],
    ['with a replica not updated', { ...ready, updatedReplicas: 1 }, 'InProgress'],
    ['with an old replica left', { ...ready, replicas: 3 }, 'InProgress'],
    ['with a replica not available', { ...ready, availableReplicas: 1 }, 'InProgress'],
    [
      'past its progress deadline',
      { ...ready, readyReplicas: 0, conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] },
      'Failed',
    ],
  ])('%s', (_, status, expected) => {
    expect(statusOf(deployment(status)).status).toBe(expected);
  });

  test('scaled to zero is healthy once observed', () => {
    expect(statusOf(deployment({ observedGeneration: 2 }, { replicas: 0 })).status).toBe('Current');
  });
});

test('an object being deleted is terminating, whatever else it says', () => {
  expect(statusOf(object('apps/v1', 'Deployment', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, status: ready })).status).toBe(
    'Terminating',
  );
});

test.each([
  ['no status', undefined, 'Current'],
  ['Ready', { conditions: [{ type: 'Ready', status: 'True' }] }, 'Current'],
  ['not Ready', { conditions: [{ type: 'Ready', status: 'False', message: 'because' }] }, 'InProgress'],
  ['Stalled', { conditions: [{ type: 'Stalled', status: 'True', message: 'because' }] }, 'Failed'],
  [
    'Reconciling',
    {
      conditions: [
        { type: 'Reconciling', status: 'True' },
        { type: 'Ready', status: 'True' },
      ],
    },
    'InProgress',
  ],
  ['the default status of Flux kinds', { observedGeneration: -1 }, 'InProgress'],
])('a custom resource with %s', (_, status, expected) => {
  expect(statusOf(object('example.com/v1', 'Thing', status === undefined ? {} : { status })).status).toBe(expected);
});

test.each([
  ['complete', { conditions: [{ type: 'Complete', status: 'True' }] }, 'Current'],
  ['failed', { conditions: [{ type: 'Failed', status: 'True', message: 'BackoffLimitExceeded' }] }, 'Failed'],
  ['not started', {}, 'InProgress'],
  ['under way', { startTime: '2026-01-01T00:00:00Z', active: 1 }, 'InProgress'],
])('a Job that is %s', (_, status, expected) => {
  expect(statusOf(object('batch/v1', 'Job', { status })).status).toBe(expected);
});

test('a Job that is suspended is not waited for', () => {
  expect(statusOf(object('batch/v1', 'Job', { spec: { suspend: true } })).status).toBe('Current');
});

test.each([
  [{ phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }, 'Current'],
  [{ phase: 'Running', containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] }, 'Failed'],
  [{ phase: 'Succeeded' }, 'Current'],
  [{ phase: 'Failed' }, 'Failed'],
  [{ phase: 'Pending' }, 'InProgress'],
])('a Pod with %j', (status, expected) => {
  expect(statusOf(object('v1', 'Pod', { status })).status).toBe(expected);
});

test('fields of the wrong type count as absent', () => {
  expect(
    statusOf(object('apps/v1', 'Deployment', { spec: { replicas: 'many' }, status: { observedGeneration: '2', conditions: 'none' } }))
      .status,
  ).toBe('InProgress');
});
