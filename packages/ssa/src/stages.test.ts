import { expect, test } from 'vitest';
import type { ObjectReference } from './inventory.ts';
import { groupKinds, inApplyOrder, stageOf } from './stages.ts';

const of = (kind: string, group = '', name = 'x'): ObjectReference => ({ kind, group, name, version: 'v1', namespace: '' });

const nothing = groupKinds([]);
const stagesOf = (references: readonly ObjectReference[], kinds = nothing) => references.map((reference) => stageOf(reference, kinds));

test('definitions come before classes, classes before everything else', () => {
  const definitions = [
    of('CustomResourceDefinition', 'apiextensions.k8s.io'),
    of('Namespace'),
    of('ClusterRole', 'rbac.authorization.k8s.io'),
  ];
  expect(stagesOf(definitions)).toEqual([0, 0, 0]);
  expect(stagesOf([of('StorageClass', 'storage.k8s.io'), of('IngressClass', 'networking.k8s.io')])).toEqual([1, 1]);
  expect(stagesOf([of('Deployment', 'apps'), of('ConfigMap')])).toEqual([3, 3]);
});

test('kinds that somebody has named come before the rest, and not before definitions and classes', () => {
  const kinds = groupKinds(['ConfigMap', ' apps/Deployment', 'Namespace', 'storage.k8s.io/StorageClass']);
  const set = [
    of('ConfigMap'),
    of('Deployment', 'apps'),
    of('Deployment', 'other'),
    of('Secret'),
    of('Namespace'),
    of('StorageClass', 'storage.k8s.io'),
  ];
  expect(stagesOf(set, kinds)).toEqual([2, 2, 3, 3, 0, 1]);
  expect(
    inApplyOrder([of('Secret'), of('ConfigMap'), of('Deployment', 'apps')], (it) => it, groupKinds(['apps/Deployment']))[0]?.kind,
  ).toBe('Deployment');
});

test('within a set, what others refer to goes first, and webhooks last', () => {
  const set = [
    of('ValidatingWebhookConfiguration', 'admissionregistration.k8s.io'),
    of('Deployment', 'apps'),
    of('ConfigMap'),
    of('Widget', 'example.com'),
    of('Namespace'),
    of('ServiceAccount'),
  ];
  const kinds = inApplyOrder(set, (it) => it, nothing).map(({ kind }) => kind);
  expect(kinds[0]).toBe('Namespace');
  expect(kinds.at(-1)).toBe('ValidatingWebhookConfiguration');
  expect(kinds.indexOf('ServiceAccount')).toBeLessThan(kinds.indexOf('ConfigMap'));
  expect(kinds.indexOf('ConfigMap')).toBeLessThan(kinds.indexOf('Deployment'));
});

test('the order of equals does not depend on the order of the input', () => {
  const set = [of('ConfigMap', '', 'b'), of('ConfigMap', '', 'a'), of('ConfigMap', '', 'c')];
  const names = (list: readonly ObjectReference[]) => inApplyOrder(list, (it) => it, nothing).map(({ name }) => name);
  expect(names(set)).toEqual(names([...set].reverse()));
});
