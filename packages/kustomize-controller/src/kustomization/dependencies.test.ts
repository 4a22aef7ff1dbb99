import type { Kustomization } from '@gotk/api';
import { expect, test } from 'vitest';
import { revisionObjection } from './dependencies.ts';

const revision = 'main@sha1:1';
const source = { revision, originRevision: undefined, artifact: { path: '', url: '', revision, digest: 'sha256:1', lastUpdateTime: '' } };

const kustomization = (name: string, { from = 'repo', applied = revision } = {}): Kustomization => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { namespace: 'apps', name },
  spec: { interval: '1m', prune: true, sourceRef: { kind: 'GitRepository', name: from } },
  status: { lastAppliedRevision: applied },
});

const objection = (dependency: Kustomization) => revisionObjection(kustomization('web'), source)(dependency);

test('a dependency of the same source has to have come to the same revision', () => {
  expect(objection(kustomization('db'))).toBeUndefined();
  expect(objection(kustomization('db', { applied: 'main@sha1:0' }))).toBe('revision is not up to date');
});

test('the revision of another source is no matter', () => {
  expect(objection(kustomization('db', { from: 'other', applied: 'v1' }))).toBeUndefined();
});
