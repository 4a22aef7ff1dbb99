import type { ManagedFieldsEntry } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { renderPath } from './render-path.ts';
import { takenFields } from './taken-fields.ts';

const entry = (manager: string, fieldsV1: object, more: object = {}): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  time: '2026-01-02T03:04:05Z',
  fieldsV1: fieldsV1 as Record<string, unknown>,
  ...more,
});
const ours = (fieldsV1: object) => entry('us', fieldsV1, { operation: 'Apply' });
const options = {
  fieldManager: 'us',
  ignored: [],
  isUnwelcome: ({ manager }: ManagedFieldsEntry) => manager?.startsWith('kubectl') === true,
};
const told = (before: readonly ManagedFieldsEntry[], after: readonly ManagedFieldsEntry[], more = {}) =>
  takenFields(before, after, { ...options, ...more }).map(({ path, how, by }) => `${path} ${how} by ${by}`);

const replicas = { 'f:spec': { 'f:replicas': {} } };
const container = { 'k:{"name":"app"}': { '.': {}, 'f:name': {}, 'f:image': {} } };

test('a field that another manager holds is changed by that one, whoever wrote last', () => {
  const others = [entry('editor', replicas), entry('later', { 'f:data': {} }, { time: '2026-02-01T00:00:00Z' })];
  expect(told([ours({}), ...others], [ours(replicas)])).toEqual(['spec.replicas changed by editor']);
});

test('a field that nobody holds was removed, by whoever wrote last', () => {
  const others = [entry('early', { 'f:data': {} }), entry('late', { 'f:data': {} }, { time: '2026-02-01T00:00:00Z' })];
  expect(told(others, [ours(replicas)])).toEqual(['spec.replicas removed by late']);
  expect(told([], [ours(replicas)])).toEqual(['spec.replicas removed by undefined']);
});

test('of a part that went as a whole the part is named', () => {
  const left = { 'f:spec': { 'f:containers': { 'k:{"name":"other"}': {} } } };
  const whole = { 'f:spec': { 'f:containers': { 'k:{"name":"other"}': {}, ...container } } };
  expect(told([ours(left)], [ours(whole)])).toEqual(['spec.containers[name=app] removed by undefined']);
  const part = { 'f:spec': { 'f:containers': { 'k:{"name":"other"}': {}, 'k:{"name":"app"}': { '.': {}, 'f:name': {} } } } };
  expect(told([ours(part)], [ours(whole)])).toEqual(['spec.containers[name=app].image removed by undefined']);
});

test('what an unwelcome manager holds beside ours was added by it; a welcome one may, and so may all in what is ignored', () => {
  const others = [entry('kubectl-edit', { 'f:data': { 'f:extra': {} } }), entry('operator', { 'f:data': { 'f:more': {} } })];
  expect(told([ours(replicas), ...others], [ours(replicas)])).toEqual(['data.extra added by kubectl-edit']);
  const ignored = [[{ field: 'spec' }, { field: 'replicas' }]];
  expect(told([ours({})], [ours(replicas)], { ignored })).toEqual([]);
});

test('who takes a field by a subresource has taken it; who writes the status last has removed nothing', () => {
  expect(told([ours({}), entry('kubectl', replicas, { subresource: 'scale' })], [ours(replicas)])).toEqual([
    'spec.replicas changed by kubectl',
  ]);
  const status = entry('manager', { 'f:status': {} }, { subresource: 'status' });
  expect(told([ours({}), status], [ours(replicas)])).toEqual(['spec.replicas removed by undefined']);
});

test.each([
  [['f:metadata', 'f:labels', 'f:app.kubernetes.io/name'], "metadata.labels['app.kubernetes.io/name']"],
  [['f:spec', 'f:ports', 'k:{"port":80,"protocol":"TCP"}', 'f:targetPort'], 'spec.ports[port=80,protocol=TCP].targetPort'],
  [['f:metadata', 'f:finalizers', 'v:"secret"'], 'metadata.finalizers[…]'],
  [['f:spec', 'f:list', 'i:3'], 'spec.list[3]'],
  [['f:spec', 'k:nonsense'], 'spec[…]'],
  [['f:spec', 'k:{"name":{"deep":"x"}}'], 'spec[name=…]'],
  [['f:data', `f:${'x'.repeat(500)}`], `data.${'x'.repeat(155)}…`],
])('%j is written %s', (path, expected) => {
  expect(renderPath(path)).toBe(expected);
});
