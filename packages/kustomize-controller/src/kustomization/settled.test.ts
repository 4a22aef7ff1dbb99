import type { Kustomization } from '@gotk/api';
import { expect, test } from 'vitest';
import type { Account } from '../accounts/account.ts';
import { createSettledSet } from './settled.ts';

const entries = [{ id: 'apps_a__ConfigMap', v: 'v1' }];
const revision = 'main@sha1:1';
const source = { revision, originRevision: undefined, artifact: { path: '', url: '', revision, digest: 'sha256:1', lastUpdateTime: '' } };
const kustomization: Kustomization = {
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { namespace: 'apps', name: 'web', uid: 'u', generation: 1 },
  spec: { interval: '1m', prune: true, sourceRef: { kind: 'GitRepository', name: 'repo' } },
  status: { lastAppliedRevision: revision, inventory: { entries } },
};
const ready = { reason: 'ReconciliationSucceeded', message: 'Applied', fields: { history: [] }, againMs: 1 };

const account = {} as Account;
const variables = 'v1';
const built = { digest: 'sha256:b', footprint: undefined };

function settled() {
  const set = createSettledSet();
  set.add({ kustomization, source, account, variables }, { ready, inventory: entries, untilMs: 100, built, objects: [] });
  return set;
}

test('what has not moved needs no work, and its status no second counting', () => {
  const found = settled().find({ kustomization, source, account, variables }, 99);
  expect(found?.isCurrent).toBe(true);
  expect(found?.ready).toEqual({ reason: 'ReconciliationSucceeded', message: 'Applied', againMs: 1 });
});

test.each([
  ['another generation', { ...kustomization, metadata: { ...kustomization.metadata, generation: 2 } }],
  ['another object of the same name', { ...kustomization, metadata: { ...kustomization.metadata, uid: 'v' } }],
  ['a status whose inventory somebody has changed', { ...kustomization, status: { ...kustomization.status, inventory: { entries: [] } } }],
  ['a status that somebody has taken away', { ...kustomization, status: {} }],
] as const)('%s is looked at in full', (_what, changed) => {
  expect(settled().find({ kustomization: changed as Kustomization, source, account, variables }, 99)).toBeUndefined();
});

test('with another artifact, or another revision of it, it may be as it was', () => {
  const other = { ...source, artifact: { ...source.artifact, digest: 'sha256:2' } };
  expect(settled().find({ kustomization, source: other, account, variables }, 99)?.isCurrent).toBe(false);
  expect(settled().find({ kustomization, source: { ...source, revision: 'main@sha1:2' }, account, variables }, 99)?.isCurrent).toBe(false);
});

test('another account, other variables, time, and drift end it', () => {
  expect(settled().find({ kustomization, source, account, variables }, 100)).toBeUndefined();
  expect(settled().find({ kustomization, source, account, variables: 'v2' }, 99)).toBeUndefined();
  expect(settled().find({ kustomization, source, account: {} as Account, variables }, 99)).toBeUndefined();
  const set = settled();
  set.forget('apps/web');
  expect(set.find({ kustomization, source, account, variables }, 99)).toBeUndefined();
});
