import { expect, test } from 'vitest';
import { claimed, isOwnedBy, ownerOf } from './owner.ts';

const policy = { group: 'kustomize.toolkit.fluxcd.io', fieldManager: 'kustomize-controller' };
const owner = { namespace: 'apps', name: 'web' };
const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'apps' }, data: { key: 'value' } };

test('a claimed object carries the labels of its owner beside its own', () => {
  const { metadata } = claimed({ ...object, metadata: { ...object.metadata, labels: { team: 'a' } } }, owner, policy);
  expect(metadata.labels).toEqual({
    team: 'a',
    'kustomize.toolkit.fluxcd.io/name': 'web',
    'kustomize.toolkit.fluxcd.io/namespace': 'apps',
  });
  expect(ownerOf(metadata, policy)).toEqual(owner);
});

test('what the server sets, and what other tools left behind, is not applied', () => {
  const dirty = {
    ...object,
    status: { phase: 'x' },
    metadata: {
      ...object.metadata,
      uid: 'u',
      resourceVersion: '1',
      generation: 2,
      creationTimestamp: 'now',
      managedFields: [],
      annotations: { keep: 'me', 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      labels: { 'fluxcd.io/sync-gc-mark': 'x' },
    },
  };
  const clean = claimed(dirty, owner, policy);
  expect(clean).not.toHaveProperty('status');
  expect(Object.keys(clean.metadata).sort()).toEqual(['annotations', 'labels', 'name', 'namespace']);
  expect(clean.metadata.annotations).toEqual({ keep: 'me' });
  expect(clean.metadata.labels).not.toHaveProperty('fluxcd.io/sync-gc-mark');
});

test('labels of somebody else, or half of ours, make nobody the owner', () => {
  expect(isOwnedBy({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'web' } }, owner, policy)).toBe(false);
  expect(
    isOwnedBy({ labels: { 'kustomize.toolkit.fluxcd.io/name': 'web', 'kustomize.toolkit.fluxcd.io/namespace': 'other' } }, owner, policy),
  ).toBe(false);
  expect(ownerOf({}, policy)).toBeUndefined();
});
