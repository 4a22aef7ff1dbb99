import { expect, test } from 'vitest';
import { createLedger } from './ledger.ts';
import { type Desired, plan } from './plan.ts';

const desired = (id: string, hash = 'h'): Desired => ({
  id,
  hash,
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: id } },
  resource: { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
  ignored: [],
});

const ledgerOf = (...records: readonly { readonly id: string; readonly hash?: string; readonly atMs?: number }[]) => {
  const ledger = createLedger();
  for (const { id, hash = 'h', atMs = 100 } of records)
    ledger.set(id, { owner: 'apps/web', hash, uid: 'u', resourceVersion: '1', entryDigest: 'd', atMs });
  return ledger;
};

const options = { isWatched: () => true, isBlind: () => false, verifyBeforeMs: 0, validated: false };
const ids = (list: readonly Desired[]) => list.map(({ id }) => id);

test('a set that nobody knows is validated but for its first object, and applied', () => {
  const { validate, apply, keep } = plan([desired('a'), desired('b'), desired('c')], ledgerOf(), options);
  expect([ids(validate), ids(apply), ids(keep)]).toEqual([['b', 'c'], ['a', 'b', 'c'], []]);
});

test('a single changed object needs no dry-run: its own apply is atomic', () => {
  const { validate, apply, keep } = plan([desired('a'), desired('b', 'new')], ledgerOf({ id: 'a' }, { id: 'b' }), options);
  expect([ids(validate), ids(apply), ids(keep)]).toEqual([[], ['b'], ['a']]);
});

test('a single object is dry-run all the same where that tells what nobody knows', () => {
  const { validate, apply } = plan([desired('a')], ledgerOf(), { ...options, isBlind: () => true });
  expect([ids(validate), ids(apply)]).toEqual([['a'], ['a']]);
});

test('what has not moved is neither validated nor applied', () => {
  const { validate, apply, keep } = plan([desired('a'), desired('b')], ledgerOf({ id: 'a' }, { id: 'b' }), options);
  expect([ids(validate), ids(apply), ids(keep)]).toEqual([[], [], ['a', 'b']]);
});

test('a record that is too old, or of a kind that is not watched, is verified by applying again, without a dry-run', () => {
  const ledger = ledgerOf({ id: 'a', atMs: 100 }, { id: 'b', atMs: 300 });
  expect(ids(plan([desired('a'), desired('b')], ledger, { ...options, verifyBeforeMs: 200 }).apply)).toEqual(['a']);
  const unwatched = plan([desired('a'), desired('b')], ledger, { ...options, isWatched: ({ id }) => id !== 'b' });
  expect([ids(unwatched.validate), ids(unwatched.apply)]).toEqual([[], ['b']]);
});

test('a changed object that is not the first to be applied is validated like the others', () => {
  const ledger = ledgerOf({ id: 'a', atMs: 100 }, { id: 'b', atMs: 300 });
  const { validate, apply } = plan([desired('a'), desired('b', 'new')], ledger, { ...options, verifyBeforeMs: 200 });
  expect([ids(validate), ids(apply)]).toEqual([['b'], ['a', 'b']]);
});

test('a set that was validated by an earlier process is applied without a dry-run', () => {
  const { validate, apply } = plan([desired('a'), desired('b')], ledgerOf(), { ...options, validated: true });
  expect([ids(validate), ids(apply)]).toEqual([[], ['a', 'b']]);
});
