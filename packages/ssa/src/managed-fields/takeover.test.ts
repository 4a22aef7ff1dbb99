import type { ManagedFieldsEntry } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { standingOf, type TakeoverOptions, takeoverPatch } from './takeover.ts';

const options: TakeoverOptions = {
  managers: [
    { prefix: 'kubectl', operation: 'Apply' },
    { prefix: 'kubectl', operation: 'Update' },
    { prefix: 'before-first-apply', operation: 'Update' },
  ],
  migrateApiVersion: false,
  fieldManager: 'kustomize-controller',
  apiVersion: 'v1',
  ignored: [],
  merges: false,
};
const entry = (manager: string, fields: object, rest: Partial<ManagedFieldsEntry> = {}): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  apiVersion: 'v1',
  fieldsV1: fields,
  ...rest,
});
const ours = entry('kustomize-controller', { 'f:data': { 'f:a': {} } }, { operation: 'Apply' });
const edit = entry('kubectl-edit', { 'f:data': { 'f:b': {} } });
const stranger = entry('somebody', { 'f:data': { 'f:c': {} } });
const status = entry('kubectl-edit', { 'f:status': {} }, { subresource: 'status' });
const managedFieldsAfter = (entries: readonly ManagedFieldsEntry[], more: Partial<TakeoverOptions> = {}) =>
  takeoverPatch({ resourceVersion: '7', managedFields: entries }, { ...options, ...more })?.flatMap((operation) =>
    operation.op === 'replace' && operation.path === '/metadata/managedFields' ? [operation.value] : [],
  )[0];

test('what the named managers hold becomes ours; strangers and subresources keep theirs', () => {
  const both = { ...ours, fieldsV1: { 'f:data': { 'f:a': {}, 'f:b': {} } } };
  expect(managedFieldsAfter([ours, edit, stranger, status])).toEqual([stranger, status, both]);
});

test('where we hold nothing yet, the first of them is renamed', () => {
  expect(managedFieldsAfter([edit, entry('before-first-apply', { 'f:data': { 'f:x': {} } })])).toEqual([
    { ...edit, manager: 'kustomize-controller', operation: 'Apply', fieldsV1: { 'f:data': { 'f:b': {}, 'f:x': {} } } },
  ]);
});

test('the patch holds for the version that was looked at, and takes legacy marks with it', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', 'example.com/kept': 'x' };
  const labels = { 'fluxcd.io/sync-gc-mark': 'x' };
  expect(takeoverPatch({ resourceVersion: '7', annotations, labels, managedFields: [ours] }, options)).toEqual([
    { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
    { op: 'remove', path: '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration' },
    { op: 'remove', path: '/metadata/labels/fluxcd.io~1sync-gc-mark' },
    { op: 'replace', path: '/metadata/managedFields', value: [ours] },
  ]);
});

test.each([
  ['ours and a stranger', [ours, stranger, status], {}],
  ['an object that others may add to', [ours, edit], { merges: true }],
  ['an ignored field', [ours, edit], { ignored: [[{ field: 'data' }, { field: 'b' }]] }],
  [
    'a request for a look',
    [ours, entry('kubectl-annotate', { 'f:metadata': { 'f:annotations': { '.': {}, 'f:reconcile.fluxcd.io/requestedAt': {} } } })],
    {},
  ],
  [
    'a rollout that was restarted',
    [
      ours,
      entry(
        'kubectl-rollout',
        JSON.parse('{"f:spec":{"f:template":{"f:metadata":{"f:annotations":{".":{},"f:kubectl.kubernetes.io/restartedAt":{}}}}}}'),
      ),
    ],
    {},
  ],
  ['our own entries of another operation, unless somebody says so', [entry('kustomize-controller', { 'f:data': {} })], {}],
  ['no entries at all', [], {}],
] as const)('%s: nothing is to do', (_what, managedFields, more) => {
  expect(standingOf({ managedFields }, { ...options, ...more })).toBe('clean');
  expect(takeoverPatch({ resourceVersion: '7', managedFields }, { ...options, ...more })).toBeUndefined();
});

test('entries of an older version of the API are brought to the one that is applied, whosever they are, where that is asked for', () => {
  const old = { ...stranger, apiVersion: 'v1beta1' };
  const oldStatus = { ...status, apiVersion: 'v1beta1' };
  const migrating = { ...options, migrateApiVersion: true };
  expect(standingOf({ managedFields: [ours, old] }, options)).toBe('clean');
  expect(standingOf({ managedFields: [ours, old] }, migrating)).toBe('outdated');
  expect(managedFieldsAfter([ours, old, oldStatus], migrating)).toEqual([ours, stranger, status]);
  expect(managedFieldsAfter([ours, old, edit], { ...migrating, merges: true })).toEqual([ours, stranger, edit]);
});
