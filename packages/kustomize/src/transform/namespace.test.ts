import { describe, expect, test } from 'vitest';
import { type BuildResource, type JsonMap, newResource } from '../resource/resource.ts';
import { setNamespace } from './namespace.ts';

function inShop(object: JsonMap): BuildResource {
  const resource = newResource(structuredClone(object), 'a.yaml');
  setNamespace([resource], { namespace: 'shop' });
  return resource;
}
const of = (apiVersion: string, kind: string, metadata: JsonMap = {}): JsonMap => ({
  apiVersion,
  kind,
  metadata: { name: 'a', ...metadata },
});

test.each<[string, string]>([
  ['v1', 'ConfigMap'],
  ['apps/v1', 'Deployment'],
  ['example.com/v1', 'Anything'],
  // Kinds that kustomize has not heard of, or not in this version.
  ['flowcontrol.apiserver.k8s.io/v1', 'FlowSchema'],
  ['example.com/v1', 'ClusterRole'],
])('%s %s gets the namespace, whatever it had', (apiVersion, kind) => {
  expect(inShop(of(apiVersion, kind)).object.metadata).toEqual({ name: 'a', namespace: 'shop' });
  expect(inShop(of(apiVersion, kind, { namespace: 'old' })).object.metadata).toEqual({ name: 'a', namespace: 'shop' });
});

test.each<[string, string]>([
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['apiextensions.k8s.io/v1', 'CustomResourceDefinition'],
  ['storage.k8s.io/v1', 'StorageClass'],
  ['admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy'],
  ['v1', 'PersistentVolume'],
  ['scheduling.k8s.io/v1', 'PriorityClass'],
])('%s %s has none', (apiVersion, kind) => {
  expect(inShop(of(apiVersion, kind)).object).toEqual(of(apiVersion, kind));
});

test('a Namespace becomes the namespace, another kind of that name does not', () => {
  expect(inShop(of('v1', 'Namespace')).object.metadata).toEqual({ name: 'shop' });
  expect(inShop(of('example.com/v1', 'Namespace')).object.metadata).toEqual({ name: 'a', namespace: 'shop' });
});

test('what is called default is in the namespace of the binding; other subjects are left to their names', () => {
  const binding = (namespace?: string): JsonMap => ({
    ...of('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'),
    subjects: [
      { kind: 'ServiceAccount', name: 'default', ...(namespace === undefined ? {} : { namespace }) },
      { kind: 'ServiceAccount', name: 'other', namespace: 'x' },
      { kind: 'User', name: 'me' },
    ],
  });
  expect(inShop(binding()).object).toEqual(binding('shop'));
});

describe('references that are in a namespace', () => {
  test('an APIService is told, even one without a service', () => {
    expect(inShop(of('apiregistration.k8s.io/v1', 'APIService')).object.spec).toEqual({ service: { namespace: 'shop' } });
  });

  test('a conversion webhook is told where there is one', () => {
    const crd = of('apiextensions.k8s.io/v1', 'CustomResourceDefinition');
    const webhook = (namespace: string): JsonMap => ({ conversion: { webhook: { clientConfig: { service: { name: 's', namespace } } } } });
    expect(inShop({ ...crd, spec: webhook('old') }).object.spec).toEqual(webhook('shop'));
    expect(inShop({ ...crd, spec: {} }).object.spec).toEqual({});
  });
});

test('the former namespace is remembered, for those who refer to it', () => {
  expect(inShop(of('v1', 'Secret', { namespace: 'old' })).past).toEqual([{ kind: 'Secret', namespace: 'old', name: 'a' }]);
  expect(inShop(of('v1', 'Secret')).past).toEqual([{ kind: 'Secret', namespace: 'default', name: 'a' }]);
});

test('an empty namespace is none', () => {
  const resource = newResource(of('v1', 'Secret'), 'a.yaml');
  setNamespace([resource], { namespace: '' });
  expect(resource).toMatchObject({ object: of('v1', 'Secret'), past: [] });
});
