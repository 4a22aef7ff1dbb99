import type { Change } from '@gotk/ssa';
import { expect, test } from 'vitest';
import { changeLog, describeChanges } from './change-set.ts';

const change = (name: string, action: Change['action']): Change => ({
  reference: { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'apps', name },
  action,
  warnings: [],
  leftOut: [],
});
const changes = [change('a', 'created'), change('b', 'configured'), change('c', 'created'), change('d', 'unchanged')];

test('an event has a line for each object that was changed', () => {
  expect(describeChanges(changes)).toBe('ConfigMap/apps/a created\nConfigMap/apps/b configured\nConfigMap/apps/c created');
});

test('and what an object was applied without', () => {
  const paths = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `.spec.${name}`);
  expect(describeChanges([{ ...change('a', 'created'), leftOut: paths }])).toBe(
    'ConfigMap/apps/a created without what its kind does not have: .spec.a, .spec.b, .spec.c, .spec.d, .spec.e, 1 more',
  );
});

test('the log says what was done to each object, or with the gate GroupChangeLog which objects it was done to', () => {
  expect(changeLog(changes.slice(0, 2), { grouped: false })).toEqual({ 'ConfigMap/apps/a': 'created', 'ConfigMap/apps/b': 'configured' });
  expect(changeLog(changes, { grouped: true })).toEqual({
    created: ['ConfigMap/apps/a', 'ConfigMap/apps/c'],
    configured: ['ConfigMap/apps/b'],
    unchanged: ['ConfigMap/apps/d'],
  });
});
