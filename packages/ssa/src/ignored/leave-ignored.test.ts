import type { Unstructured } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { ignoredField, parsePointer } from './ignored-field.ts';
import { leaveIgnored } from './leave-ignored.ts';

const object = (spec: object, managers: Readonly<Record<string, object>> = {}): Unstructured => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'web',
    managedFields: Object.entries(managers).map(([manager, fieldsV1]) => ({ manager, operation: 'Apply', fieldsV1 })),
  },
  spec,
});
const after = (desired: Unstructured, live: Unstructured, pointer: string) => {
  const fields = [ignoredField(desired, parsePointer(pointer)) ?? []].flat();
  return leaveIgnored(desired, live, { fields, fieldManager: 'kustomize-controller' }).spec;
};
const replicas = { 'f:spec': { 'f:replicas': {} } };

test('the value of the cluster is adopted, unless another manager applies it: then it is left out', () => {
  expect(after(object({ replicas: 2, a: 1 }), object({ replicas: 5, a: 2 }), '/spec/replicas')).toEqual({ replicas: 5, a: 1 });
  const live = object({ replicas: 5 }, { 'kustomize-controller': replicas, autoscaler: replicas });
  expect(after(object({ replicas: 2, a: 1 }), live, '/spec/replicas')).toEqual({ a: 1 });
});

test('equal values are applied as ever, whoever else applies them', () => {
  const live = object({ replicas: 2 }, { autoscaler: replicas });
  expect(after(object({ replicas: 2 }), live, '/spec/replicas')).toEqual({ replicas: 2 });
});

test('what has gone from the cluster is not put back', () => {
  expect(after(object({ replicas: 2, a: 1 }), object({ a: 1 }), '/spec/replicas')).toEqual({ a: 1 });
});

test('what has gone from the manifest stays in the cluster: it is adopted if it was ours', () => {
  expect(after(object({}), object({ replicas: 5 }, { 'kustomize-controller': replicas }), '/spec/replicas')).toEqual({ replicas: 5 });
  expect(after(object({}), object({ replicas: 5 }), '/spec/replicas')).toEqual({});
});

test('an index stands for the element of the manifest: in the cluster it is the one of that name', () => {
  const desired = object({ containers: [{ name: 'app', resources: 'git' }] });
  const live = object({
    containers: [
      { name: 'sidecar', resources: 'theirs' },
      { name: 'app', resources: 'tuned' },
    ],
  });
  expect(after(desired, live, '/spec/containers/0/resources')).toEqual({ containers: [{ name: 'app', resources: 'tuned' }] });
  const strangers = object({ containers: [{ name: 'sidecar', resources: 'theirs' }] });
  expect(after(desired, strangers, '/spec/containers/0/resources')).toEqual({ containers: [{ name: 'app' }] });
});

test('elements without names are taken by their place, and one that the manifest lacks is nobody’s', () => {
  expect(after(object({ list: ['a', 'b'] }), object({ list: ['a', 'c'] }), '/spec/list/1')).toEqual({ list: ['a', 'c'] });
  expect(after(object({ list: ['a'] }), object({ list: ['a', 'c'] }), '/spec/list/1')).toEqual({ list: ['a'] });
});

test('a field named like a part of every object is a field', () => {
  const desired = { ...object({}), spec: JSON.parse('{"__proto__":{"a":1},"constructor":1}') };
  expect(JSON.stringify(after(desired, { ...object({}), spec: JSON.parse('{"__proto__":{"a":2}}') }, '/spec/__proto__/a'))).toBe(
    '{"constructor":1,"__proto__":{"a":2}}',
  );
  expect(({} as { a?: unknown }).a).toBeUndefined();
});

test('pointers are those of RFC 6901', () => {
  expect(parsePointer('/metadata/annotations/a.b~1c~01')).toEqual(['metadata', 'annotations', 'a.b/c~1']);
});

test.each(['', 'spec', '/metadata/name', '/kind', '/metadata'])('%j cannot be ignored', (pointer) => {
  expect(() => parsePointer(pointer)).toThrow(pointer === '' || pointer === 'spec' ? 'is no JSON pointer' : 'which object this is');
});
