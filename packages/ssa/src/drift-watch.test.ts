import type { KubeObject, Resource, Unstructured } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import type { Delta, Informer, InformerSet } from '@gotk/kube';
import { expect, test } from 'vitest';
import { createDriftWatch } from './drift-watch.ts';
import { entryDigest } from './entry-digest.ts';
import { createLedger } from './ledger.ts';
import type { OwnerPolicy } from './owner.ts';

const policy: OwnerPolicy = { group: 'kustomize.toolkit.fluxcd.io', fieldManager: 'kustomize-controller' };
const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const reference = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'apps', name: 'web' };
const id = 'apps_web__ConfigMap';
const metadata = (resourceVersion: string, uid = 'uid-1'): KubeObject['metadata'] => ({
  namespace: 'apps',
  name: 'web',
  uid,
  resourceVersion,
  labels: { 'kustomize.toolkit.fluxcd.io/name': 'app', 'kustomize.toolkit.fluxcd.io/namespace': 'apps' },
});

/** A drift watch over a cache that the test fills. */
function setUp() {
  const ledger = createLedger();
  const cached = new Map<string, KubeObject>();
  let tell: (delta: Delta<KubeObject>) => void = () => undefined;
  let keep: (object: Unstructured) => KubeObject = (object) => object;
  const informer: Pick<Informer<KubeObject>, 'get' | 'subscribe'> = {
    get: ({ name }) => cached.get(name),
    subscribe(handler) {
      tell = handler;
      return { [Symbol.dispose]: () => undefined };
    },
  };
  const informers = {
    hold(_resource: Resource, { transform }: { readonly transform: typeof keep }) {
      keep = transform;
      return { informer, [Symbol.dispose]: () => undefined };
    },
  } as unknown as InformerSet;
  const watch = createDriftWatch({ informers, clock: fakeClock(), ledger, policy });
  watch.follow('apps/app', [{ resource: configMaps, namespace: 'apps' }]);
  const notices: string[] = [];
  watch.subscribe(({ owner, object }) => notices.push(`${owner}: ${object?.name}`));
  return {
    ledger,
    watch,
    notices,
    appears(resourceVersion: string, uid?: string) {
      const object = keep({ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(resourceVersion, uid) });
      cached.set('web', object);
      tell({ kind: 'added', object });
    },
    leaves() {
      const object = cached.get('web');
      if (object === undefined) throw new Error('it is not there');
      cached.delete('web');
      tell({ kind: 'deleted', object });
    },
    applied: (resourceVersion: string, uid = 'uid-1') => {
      const digest = entryDigest(metadata(resourceVersion), policy.fieldManager);
      ledger.set(id, { owner: 'apps/app', hash: 'x', uid, resourceVersion, entryDigest: digest, atMs: 0 });
      watch.check(configMaps, reference);
    },
  };
}

test('an object that leaves is told of to whoever applied it', () => {
  const bed = setUp();
  bed.appears('5');
  bed.applied('5');
  bed.leaves();
  expect(bed.notices).toEqual(['apps/app: web']);
});

test('an object that leaves before the answer to its apply has come is told of when it has', () => {
  const bed = setUp();
  bed.appears('4');
  bed.appears('5');
  bed.leaves();
  expect(bed.notices).toEqual([]);
  bed.applied('5');
  expect(bed.notices).toEqual(['apps/app: web']);
  expect(bed.ledger.get(id)).toBeUndefined();
});

test('an object that took the place of one that left, and one that came back, are not', () => {
  const bed = setUp();
  bed.appears('4', 'uid-0');
  bed.leaves();
  bed.applied('6');
  expect(bed.notices).toEqual([]);
  bed.ledger.delete(id);
  bed.appears('6');
  bed.leaves();
  bed.appears('7');
  bed.applied('7');
  expect(bed.notices).toEqual([]);
});

test('whoever waits for a deletion is told of it, also when it is over by the time the wait begins', () => {
  const bed = setUp();
  const entry = { id, v: 'v1' };
  bed.appears('5');
  bed.watch.awaitDeletion(entry, 'apps/app');
  expect(bed.notices).toEqual([]);
  bed.leaves();
  expect(bed.notices).toEqual(['apps/app: web']);
  bed.appears('6', 'uid-2');
  bed.leaves();
  expect(bed.notices).toHaveLength(1);
  bed.watch.awaitDeletion(entry, 'apps/app');
  expect(bed.notices).toEqual(['apps/app: web', 'apps/app: web']);
});

test('what another owner has applied meanwhile hides no deletion from whoever waits for it', () => {
  const bed = setUp();
  bed.appears('5');
  bed.applied('5');
  bed.leaves();
  bed.watch.awaitDeletion({ id, v: 'v1' }, 'apps/other');
  expect(bed.notices).toEqual(['apps/app: web', 'apps/other: web']);
});

test('an object that has lost its labels is told of once, also when the watch does not show yet that it has them again', () => {
  const bed = setUp();
  bed.appears('5');
  bed.applied('5');
  bed.leaves();
  expect(bed.notices).toEqual(['apps/app: web']);
  bed.applied('7');
  expect(bed.notices).toHaveLength(1);
  bed.appears('7');
  expect(bed.notices).toHaveLength(1);
  expect(bed.ledger.get(id)).toBeDefined();
});
