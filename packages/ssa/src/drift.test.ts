import { expect, test } from 'vitest';
import { hasDrifted } from './drift.ts';
import { entryDigest } from './entry-digest.ts';

const record = { owner: 'apps/web', hash: 'h', uid: 'u', resourceVersion: '100', entryDigest: 'd', atMs: 0 };
const seen = { uid: 'u', resourceVersion: '100', entryDigest: 'd', owner: 'apps/web', unclean: false };

test.each([
  ['the same', seen, false],
  ["somebody's status write or foreign field", { ...seen, resourceVersion: '101' }, false],
  ['a field taken from us', { ...seen, resourceVersion: '101', entryDigest: 'e' }, true],
  ['other owner labels', { ...seen, resourceVersion: '101', owner: '' }, true],
  ['another object of the same name', { ...seen, resourceVersion: '101', uid: 'v' }, true],
  ['a view from before our own write', { ...seen, resourceVersion: '99', entryDigest: 'e' }, false],
  ['fields that others are not to hold', { ...seen, resourceVersion: '101', unclean: true }, true],
  ['a version with more digits', { ...seen, resourceVersion: '1000', entryDigest: 'e' }, true],
] as const)('%s', (_what, now, drifted) => {
  expect(hasDrifted(record, now)).toBe(drifted);
});

test('a server whose versions are no numbers is believed to tell of what is new', () => {
  const opaque = { ...record, resourceVersion: 'x-7' };
  expect(hasDrifted(opaque, { ...seen, resourceVersion: 'x-8' })).toBe(false);
  expect(hasDrifted(opaque, { ...seen, resourceVersion: 'x-8', entryDigest: 'e' })).toBe(true);
  expect(hasDrifted(opaque, { ...seen, resourceVersion: 'x-7', entryDigest: 'e' })).toBe(false);
});

test('the digest is that of our own Apply entry: times, other managers and subresources do not show in it', () => {
  const ours = { manager: 'kustomize-controller', operation: 'Apply' as const, apiVersion: 'v1', fieldsV1: { 'f:data': { 'f:a': {} } } };
  const digest = entryDigest({ managedFields: [ours] }, 'kustomize-controller');
  const noise = [
    { ...ours, manager: 'kubectl' },
    { ...ours, subresource: 'status' },
    { ...ours, operation: 'Update' as const },
  ];
  expect(entryDigest({ managedFields: [...noise, { ...ours, time: 'later' }] }, 'kustomize-controller')).toBe(digest);
  expect(entryDigest({ managedFields: [{ ...ours, fieldsV1: {} }] }, 'kustomize-controller')).not.toBe(digest);
  expect(entryDigest({}, 'kustomize-controller')).toBe('');
});

test('what becomes of ignored fields does not show in it either', () => {
  const entry = (fields: object) => ({ manager: 'kustomize-controller', operation: 'Apply' as const, apiVersion: 'v1', fieldsV1: fields });
  const digest = (fields: object) =>
    entryDigest({ managedFields: [entry(fields)] }, 'kustomize-controller', [[{ field: 'spec' }, { field: 'replicas' }]]);
  expect(digest({ 'f:spec': { 'f:replicas': {}, 'f:selector': {} } })).toBe(digest({ 'f:spec': { 'f:selector': {} } }));
  expect(digest({ 'f:spec': { 'f:replicas': {} } })).toBe(digest({}));
  expect(digest({ 'f:spec': { 'f:replicas': {}, 'f:selector': {} } })).not.toBe(digest({ 'f:spec': { 'f:replicas': {} } }));
});
