import { expect, test } from 'vitest';
import { ignoredPointers } from './ignored-pointers.ts';

const object = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'apps', name: 'web', labels: { tier: 'front' }, annotations: { note: 'x' } },
};
const matches = (target: object | undefined) =>
  ignoredPointers([{ paths: ['/spec/replicas'], ...(target === undefined ? {} : { target }) }])(object).length === 1;

test.each([
  undefined,
  {},
  { kind: 'Deployment' },
  { kind: 'Deploy.*|StatefulSet', group: 'apps', version: 'v1' },
  { name: 'w.b', namespace: 'apps' },
  { labelSelector: 'tier in (front,back)' },
  { annotationSelector: 'note=x,!other' },
])('%j is for the object', (target) => {
  expect(matches(target)).toBe(true);
});

test.each([
  { kind: 'Deploy' },
  { group: 'batch' },
  { name: 'web', namespace: 'other' },
  { labelSelector: 'tier=back' },
  { annotationSelector: '!note' },
])('%j is not', (target) => {
  expect(matches(target)).toBe(false);
});

test('the paths of all rules that are for an object come together', () => {
  const rules = [{ paths: ['/a', '/b'] }, { paths: ['/c'], target: { kind: 'Job' } }, { paths: ['/d'], target: { kind: 'Deployment' } }];
  expect(ignoredPointers(rules)(object)).toEqual([['a'], ['b'], ['d']]);
});

test.each([
  [{ paths: ['spec'] }, "spec.ignore[0]: 'spec' is no JSON pointer"],
  [{ paths: ['/a'], target: { kind: '(' } }, "spec.ignore[0]: target.kind: '(' is not a regular expression"],
  [{ paths: ['/a'], target: { labelSelector: 'a b' } }, "spec.ignore[0]: 'a b' is not a label requirement"],
])('%j is refused', (rule, message) => {
  expect(() => ignoredPointers([rule])).toThrow(message);
});
