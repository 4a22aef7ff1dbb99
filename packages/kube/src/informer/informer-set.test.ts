import type { KubeObject, Resource } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import type { KubeClient, ListOptions, WatchOptions } from '../client.ts';
import { ApiError } from '../errors.ts';
import { createInformerSet } from './informer-set.ts';

const pods: Resource<KubeObject> = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

function setUp({ refusesToStream = false } = {}) {
  const clock = fakeClock();
  const lists: ListOptions[] = [];
  let open = 0;
  let refused = 0;
  const client = {
    ...(refusesToStream ? { initialEvents: true } : {}),
    list: async (_resource: unknown, options: ListOptions) => {
      lists.push(options);
      return {
        items: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'apps', uid: 'u', resourceVersion: '1' } }],
        resourceVersion: '1',
      };
    },
    async *watch(_resource: unknown, { signal, initialEvents }: WatchOptions) {
      if (initialEvents === true) {
        refused += 1;
        throw new ApiError('sendInitialEvents is forbidden', { status: 422, reason: 'Invalid' });
      }
      open += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      open -= 1;
      signal.throwIfAborted();
    },
  } as unknown as KubeClient;
  return { clock, lists, open: () => open, refused: () => refused, set: createInformerSet({ client, clock }) };
}

test('equal questions share one watch; the last to let go ends it', async () => {
  const { clock, lists, open, set } = setUp();
  const [first, second] = [set.hold(pods, { namespace: 'apps' }), set.hold(pods, { namespace: 'apps' })];
  await clock.advance(0);
  expect(first.informer).toBe(second.informer);
  expect([lists.length, open()]).toEqual([1, 1]);
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  await clock.advance(0);
  expect(open()).toBe(1);
  second[Symbol.dispose]();
  await clock.advance(0);
  expect([open(), set.running()]).toEqual([0, []]);
});

test('whatever tells questions apart makes them two', async () => {
  const { clock, lists, set } = setUp();
  set.hold(pods);
  for (const options of [{ namespace: 'apps' }, { labelSelector: 'a=b' }, { fieldSelector: 'a=b' }, { metadataOnly: true }])
    set.hold(pods, options);
  set.hold({ ...pods, version: 'v2' });
  await clock.advance(0);
  expect([set.running().length, lists.length]).toEqual([6, 6]);
  await set[Symbol.asyncDispose]();
});

test('held anew after the last let go, it starts anew', async () => {
  const { clock, lists, set } = setUp();
  set.hold(pods)[Symbol.dispose]();
  await clock.advance(0);
  set.hold(pods);
  await clock.advance(0);
  expect(lists.length).toBeGreaterThanOrEqual(1);
  expect(set.running()[0]?.synced).toBe(true);
  await set[Symbol.asyncDispose]();
});

test('the indexes of whoever comes second work as well', async () => {
  const { clock, set } = setUp();
  const early = set.hold(pods);
  await clock.advance(0);
  const late = set.hold(pods, { indexes: { name: ({ metadata }) => [metadata.name] } });
  await clock.advance(0);
  expect(late.informer.byIndex('name', 'a')).toHaveLength(1);
  expect(early.informer.list()).toHaveLength(1);
  await set[Symbol.asyncDispose]();
});

test('a server that does not stream one kind is not asked to stream others of its group version', async () => {
  const { clock, lists, refused, set } = setUp({ refusesToStream: true });
  set.hold(pods);
  await clock.advance(0);
  set.hold(pods, { namespace: 'apps' });
  set.hold({ ...pods, kind: 'Secret', plural: 'secrets' });
  await clock.advance(0);
  expect([refused(), lists.length]).toEqual([1, 3]);
  set.hold({ ...pods, group: 'metrics.k8s.io' });
  await clock.advance(0);
  expect([refused(), lists.length]).toEqual([2, 4]);
  await set[Symbol.asyncDispose]();
});

test('its end is the end of all', async () => {
  const { clock, open, set } = setUp();
  set.hold(pods);
  set.hold(pods, { namespace: 'apps' });
  await clock.advance(0);
  await set[Symbol.asyncDispose]();
  expect([open(), set.running(), clock.pending]).toEqual([0, [], 0]);
});

test('everybody who holds an informer is told what it survives, until they let go', async () => {
  const clock = fakeClock();
  const refusal = new ApiError('no', { status: 403, reason: 'Forbidden' });
  const client = { list: () => Promise.reject(refusal) } as unknown as KubeClient;
  const told: string[] = [];
  const set = createInformerSet({ client, clock, onError: () => told.push('set') });
  const first = set.hold(pods, { onError: () => told.push('first') });
  set.hold(pods, { onError: () => told.push('second') });
  await clock.advance(0);
  expect(told).toEqual(['set', 'first', 'second']);
  first[Symbol.dispose]();
  await clock.advance(10_000);
  expect(told.slice(3)).toEqual(expect.arrayContaining(['set', 'second']));
  expect(told.slice(3)).not.toContain('first');
  await set[Symbol.asyncDispose]();
});
