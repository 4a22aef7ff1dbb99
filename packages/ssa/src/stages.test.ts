import { expect, test } from 'vitest';
import type { ObjectReference } from './inventory.ts';
import { inApplyOrder, stageOf } from './stages.ts';

const of = (kind: string, group = '', name = 'x'): ObjectReference => ({ kind, group, name, version: 'v1', namespace: '' });

test('definitions come before classes, classes before everything else', () => {
  expect(
    [of('CustomResourceDefinition', 'apiextensions.k8s.io'), of('Namespace'), of('ClusterRole', 'rbac.authorization.k8s.io')].map(stageOf),
  ).toEqual([0, 0, 0]);
  expect([of('StorageClass', 'storage.k8s.io'), of('IngressClass', 'networking.k8s.io')].map(stageOf)).toEqual([1, 1]);
  expect([of('Deployment', 'apps'), of('ConfigMap')].map(stageOf)).toEqual([2, 2]);
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
  const kinds = inApplyOrder(set, (it) => it).map(({ kind }) => kind);
  expect(kinds[0]).toBe('Namespace');
  expect(kinds.at(-1)).toBe('ValidatingWebhookConfiguration');
  expect(kinds.indexOf('ServiceAccount')).toBeLessThan(kinds.indexOf('ConfigMap'));
  expect(kinds.indexOf('ConfigMap')).toBeLessThan(kinds.indexOf('Deployment'));
});

test('the order of equals does not depend on the order of the input', () => {
  const set = [of('ConfigMap', '', 'b'), of('ConfigMap', '', 'a'), of('ConfigMap', '', 'c')];
  const names = (list: readonly ObjectReference[]) => inApplyOrder(list, (it) => it).map(({ name }) => name);
  expect(names(set)).toEqual(names([...set].reverse()));
});
