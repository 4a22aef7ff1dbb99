import type { Kustomization } from '@gotk/api';
import type { Unstructured } from '@gotk/apimachinery';
import { celEvaluator, TaskFailed, type WorkerPool } from '@gotk/runtime';
import { expect, test } from 'vitest';
import { checkHealthExpressions, healthRulesOf } from './health-expressions.ts';

type Checks = NonNullable<Kustomization['spec']['healthCheckExprs']>;

const kustomization = (healthCheckExprs: Checks): Kustomization => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { namespace: 'apps', name: 'web' },
  spec: { interval: '1m', prune: true, sourceRef: { kind: 'GitRepository', name: 'repo' }, healthCheckExprs },
});

/** Threads that take too long for whatever they are given. */
const workers = {
  run: () => Promise.reject(new TaskFailed('evaluate CEL took longer than 5000 ms', { kind: 'deadline' })),
} as unknown as WorkerPool;
const { signal } = new AbortController();
const WIDGET = { apiVersion: 'example.com/v1', kind: 'Widget' } as const;
const verdict = (checks: Checks, object: Partial<Unstructured>) =>
  healthRulesOf(kustomization(checks), { cel: celEvaluator({ workers }) }).verdictOf(
    { ...WIDGET, metadata: { name: 'w' }, ...object } as Unstructured,
    signal,
  );
const phases = {
  ...WIDGET,
  current: "status.phase == 'Up'",
  failed: "status.phase == 'Broken'",
  inProgress: "status.phase == 'Starting' || status.stuck",
};

test.each([
  ['the one that is true', { status: { phase: 'Up', stuck: false } }, 'Current'],
  ['failed', { status: { phase: 'Broken', stuck: false } }, 'Failed'],
  ['in progress, before any other', { status: { phase: 'Broken', stuck: true } }, 'InProgress'],
  ['in progress when none is true', { status: { phase: 'Down', stuck: false } }, 'InProgress'],
  ['in progress while there is no status', {}, 'InProgress'],
  [
    'in progress until its newest generation has been seen',
    { metadata: { name: 'w', generation: 2 }, status: { phase: 'Up', stuck: false, observedGeneration: 1 } },
    'InProgress',
  ],
] as const)('an object is %s', async (_what, object, status) => {
  expect(await verdict([phases], object)).toMatchObject({ status });
});

test('why an object is not healthy names expression and kind', async () => {
  expect(await verdict([phases], { status: { phase: 'Broken', stuck: false } })).toMatchObject({
    message: "spec.healthCheckExprs, 'failed' for kind 'Widget' is true",
  });
  expect(await verdict([phases], {})).toMatchObject({
    message: expect.stringMatching(/^spec\.healthCheckExprs, 'inProgress' for kind 'Widget': failed to evaluate CEL expression .*status/),
  });
});

test('expressions of a kind come before those of its group, and other kinds are what kstatus says', async () => {
  const group = { apiVersion: 'example.com/v2', current: 'true' };
  expect(await verdict([group, { ...WIDGET, current: 'false' }], {})).toMatchObject({ status: 'InProgress' });
  expect(await verdict([group], {})).toMatchObject({ status: 'Current' });
  const terminating = { apiVersion: 'other.com/v1', metadata: { name: 'w', deletionTimestamp: 'now' } };
  expect(await verdict([group], terminating)).toMatchObject({ status: 'Terminating' });
});

test('a kind without a status is waited for if there are expressions for it', () => {
  const configMaps = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
  const rules = (checks: Checks) => healthRulesOf(kustomization(checks), { cel: celEvaluator({ workers }) });
  expect(rules([phases]).isStateless(configMaps)).toBe(true);
  expect(rules([{ apiVersion: 'v1', kind: 'ConfigMap', current: "data.a == 'b'" }]).isStateless(configMaps)).toBe(false);
});

test('an expression that takes for ever fails the check', async () => {
  await expect(verdict([{ ...WIDGET, current: '[1].all(x, x == 1)' }], {})).rejects.toThrow(
    /^health check failed: spec\.healthCheckExprs, 'current' for kind 'Widget': evaluate CEL took longer/,
  );
});

test.each([
  [
    'no CEL',
    [{ ...WIDGET, current: 'status.phase ==' }],
    /^spec\.healthCheckExprs\[0\]\.current for kind 'Widget': invalid CEL expression/,
  ],
  [
    'no yes or no',
    [{ ...WIDGET, current: 'true', failed: '1 + 1' }],
    /^spec\.healthCheckExprs\[0\]\.failed for kind 'Widget': .*where bool is wanted/,
  ],
  ['for a group', [{ apiVersion: 'a.com/v1', current: 'foo(kind)' }], /^spec\.healthCheckExprs\[0\]\.current for all kinds of 'a\.com'/],
  [
    'twice for a kind',
    [phases, { ...phases, apiVersion: 'example.com/v2' }],
    /^spec\.healthCheckExprs\[1\]: there are expressions for kind 'Widget' already/,
  ],
] as const)('an expression that is %s can never be used', (_what, checks, message) => {
  expect(checkHealthExpressions(kustomization(checks))).toMatchObject({
    name: 'Stalled',
    reason: 'InvalidCELExpression',
    message: expect.stringMatching(message),
  });
});

test('expressions that can be used are', () => {
  expect(checkHealthExpressions(kustomization([phases, { apiVersion: 'example.com/v1', current: 'true' }]))).toBeUndefined();
});
