import type { KubeObject, Resource } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { heapAfterCollection } from '@gotk/apimachinery/garbage';
import { ApiError, type InformerSet } from '@gotk/kube';
import { expect, test } from 'vitest';
import { createWatchBudget, type WatchBudget } from './watch-budget.ts';
import { createWatchedKinds } from './watched-kinds.ts';

const configMaps: Resource = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const clusterRoles: Resource = {
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  namespaced: false,
};
const forbidden = new ApiError('no', { status: 403, reason: 'Forbidden' });

/** Informers that the test completes, or refuses, by hand. */
function setUp({ byNamespace = false, budget }: { readonly byNamespace?: boolean; readonly budget?: WatchBudget } = {}) {
  const clock = fakeClock();
  const open: { readonly question: string; synced: boolean; refuse(error: unknown): void; readonly complete: () => void }[] = [];
  const informers = {
    hold({ kind }: Resource, { namespace = '*', onError }: { readonly namespace?: string; readonly onError: (error: unknown) => void }) {
      const whole = Promise.withResolvers<void>();
      const held = {
        question: `${kind} in ${namespace}`,
        synced: false,
        refuse: onError,
        complete: () => {
          held.synced = true;
          whole.resolve();
        },
      };
      open.push(held);
      return {
        informer: {
          get synced() {
            return held.synced;
          },
          get: () => undefined,
          subscribe: () => ({ [Symbol.dispose]: () => undefined }),
          whenSynced: (signal: AbortSignal) =>
            Promise.race([
              whole.promise,
              new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
            ]),
        },
        [Symbol.dispose]: () => void open.splice(open.indexOf(held), 1),
      };
    },
  } as unknown as InformerSet;
  const lost: string[] = [];
  const kinds = createWatchedKinds<KubeObject>({
    informers,
    clock,
    byNamespace,
    budget,
    question: {},
    onDelta: () => undefined,
    onLost: (owners) => lost.push(...owners),
  });
  const at = (namespace: string) => ({ resource: configMaps, namespace });
  return { clock, open, kinds, lost, at, questions: () => open.map(({ question }) => question) };
}

const { signal } = new AbortController();

test('a kind is watched once for the whole cluster, or once for each namespace', () => {
  const whole = setUp();
  whole.kinds.follow('a/one', [whole.at('a'), whole.at('b'), { resource: clusterRoles, namespace: '' }]);
  expect(whole.questions()).toEqual(['ConfigMap in *', 'ClusterRole in *']);
  const single = setUp({ byNamespace: true });
  single.kinds.follow('a/one', [single.at('a'), single.at('b'), single.at('a'), { resource: clusterRoles, namespace: '' }]);
  expect(single.questions()).toEqual(['ConfigMap in a', 'ConfigMap in b', 'ClusterRole in *']);
});

test('a watch ends with the last owner who has objects there', () => {
  const { kinds, at, questions } = setUp({ byNamespace: true });
  kinds.follow('a/one', [at('a'), at('b')]);
  kinds.follow('a/two', [at('a')]);
  kinds.follow('a/one', [at('b')]);
  expect(questions()).toEqual(['ConfigMap in a', 'ConfigMap in b']);
  kinds.unfollow('a/two');
  kinds.unfollow('a/one');
  expect(questions()).toEqual([]);
});

test('what may not be watched is not waited for, not asked for again for ten minutes, and does not pass for watched', async () => {
  const { clock, kinds, open, at, questions } = setUp();
  kinds.follow('a/one', [at('a')]);
  const settled = kinds.settle('a/one', { timeoutMs: 5_000, signal });
  open[0]?.refuse(forbidden);
  await settled;
  expect([kinds.isWatched(at('a')), questions()]).toEqual([false, []]);
  kinds.follow('a/one', [at('a')]);
  expect(questions()).toEqual([]);
  await clock.advance(600_000);
  kinds.follow('a/one', [at('a')]);
  open[0]?.complete();
  await kinds.settle('a/one', { timeoutMs: 5_000, signal });
  expect(kinds.isWatched(at('a'))).toBe(true);
});

test('another error than a refusal may pass: the watch stays', () => {
  const { kinds, open, at, questions } = setUp();
  kinds.follow('a/one', [at('a')]);
  open[0]?.refuse(new ApiError('overloaded', { status: 503, reason: 'ServiceUnavailable' }));
  expect(questions()).toEqual(['ConfigMap in *']);
});

test('owners are told when a watch that they rely on is taken away, and not when there never was one', () => {
  const { kinds, open, at, lost } = setUp();
  kinds.follow('a/one', [at('a')]);
  open[0]?.complete();
  open[0]?.refuse(forbidden);
  expect(lost).toEqual(['a/one']);
  kinds.follow('a/two', [at('a'), { resource: clusterRoles, namespace: '' }]);
  open[0]?.refuse(forbidden);
  expect(lost).toEqual(['a/one']);
});

test('waiting for what is slow ends in time', async () => {
  const { clock, kinds, at } = setUp();
  kinds.follow('a/one', [at('a')]);
  const settled = kinds.settle('a/one', { timeoutMs: 5_000, signal });
  await clock.advance(5_000);
  await settled;
  expect(kinds.isWatched(at('a'))).toBe(false);
});

test('a watch that finds no place within the budget counts as refused; a place is given back with its watch', async () => {
  const { clock, kinds, at, questions } = setUp({ byNamespace: true, budget: createWatchBudget(1) });
  kinds.follow('a/one', [at('a')]);
  kinds.follow('b/two', [at('b')]);
  await kinds.settle('b/two', { timeoutMs: 5_000, signal });
  expect([questions(), kinds.isWatched(at('b'))]).toEqual([['ConfigMap in a'], false]);
  kinds.unfollow('a/one');
  await clock.advance(600_000);
  kinds.follow('b/two', [at('b')]);
  expect(questions()).toEqual(['ConfigMap in b']);
});

test('to wait for what is known leaves nothing behind, however often somebody does', async () => {
  const { kinds, open, at } = setUp();
  const waitOften = async () => {
    for (let count = 0; count < 20_000; count++) await kinds.settle('a/one', { timeoutMs: 1_000, signal });
  };
  kinds.follow('a/one', [at('a')]);
  open[0]?.complete();
  await waitOften();
  const before = await heapAfterCollection();
  await waitOften();
  expect((await heapAfterCollection()) - before).toBeLessThan(1024 * 1024);
});
