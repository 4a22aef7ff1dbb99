import type { Kustomization } from '@gotk/api';
import { renderKey } from '@gotk/apimachinery';
import type { ArtifactSource } from '@gotk/runtime';
import { expect, test } from 'vitest';
import { isWantedBy } from './ownership.ts';

const id = 'apps_shared__ConfigMap';
const settled = {
  metadata: { namespace: 'apps', name: 'one', generation: 2 },
  spec: { interval: '1m', prune: true, sourceRef: { kind: 'GitRepository', name: 'repo' } },
  status: { observedGeneration: 2, lastAppliedRevision: 'main@sha1:2', inventory: { entries: [{ id, v: 'v1' }] } },
};
const repository = { metadata: { namespace: 'apps', name: 'repo' }, status: { artifact: { revision: 'main@sha1:2' } } };

function wanted(one: unknown): boolean {
  const reader = <T>(object: unknown, name: string) => ({
    get: (key: { readonly namespace: string; readonly name: string }) => (renderKey(key) === `apps/${name}` ? (object as T) : undefined),
    list: () => [],
    byIndex: () => [],
  });
  return isWantedBy('apps/one', id, {
    kustomizations: reader<Kustomization>(one, 'one'),
    sources: { GitRepository: reader<ArtifactSource>(repository, 'repo') },
  });
}

test('an owner that lists the object and has seen the newest revision still wants it', () => {
  expect(wanted(settled)).toBe(true);
});

test.each([
  ['is gone', undefined],
  ['is being deleted', { ...settled, metadata: { ...settled.metadata, deletionTimestamp: 'now' } }],
  ['does not list it', { ...settled, status: { ...settled.status, inventory: { entries: [] } } }],
  ['has not seen its own newest spec', { ...settled, status: { ...settled.status, observedGeneration: 1 } }],
  [
    'has not seen the newest revision, and may be about to hand it over',
    { ...settled, status: { ...settled.status, lastAppliedRevision: 'main@sha1:1' } },
  ],
  ['breaks its schema', { ...settled, spec: undefined, status: { inventory: { entries: 'nonsense' } } }],
])('an owner that %s does not', (_what, one) => {
  expect(wanted(one)).toBe(false);
});

test('an inventory is read once, however many of its objects somebody else asks for', () => {
  let reads = 0;
  const entries = Array.from({ length: 1_000 }, (_, index) => ({
    v: 'v1',
    get id() {
      reads += 1;
      return index === 999 ? id : `apps_${index}__ConfigMap`;
    },
  }));
  const one = { ...settled, status: { ...settled.status, inventory: { entries } } };
  for (let round = 0; round < 100; round++) expect(wanted(one)).toBe(true);
  expect(reads).toBeLessThanOrEqual(2_000);
});
