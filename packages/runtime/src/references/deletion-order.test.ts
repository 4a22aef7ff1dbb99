import { FINALIZER } from '@gotk/api';
import type { KubeObject, ObjectKey, Resource } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { createInformer } from '@gotk/kube';
import { expect, test } from 'vitest';
import { memoryApi } from '../../test/memory-api.ts';
import type { CelEvaluator } from '../cel/evaluator.ts';
import type { Wake } from '../controller/controller.ts';
import { Waiting } from '../controller/outcome.ts';
import { deletionOrder } from './deletion-order.ts';
import { type Dependency, dependencies } from './dependencies.ts';

interface App extends KubeObject {
  readonly spec?: { readonly dependsOn?: readonly Dependency[] };
}
const apps: Resource<App> = { group: 'example.dev', version: 'v1', kind: 'App', plural: 'apps', namespaced: true };
const SOON = '2026-01-01T00:00:00Z';

/** An object that depends on others; `going` is being deleted, and has something left to do. */
const app = (
  name: string,
  on: readonly string[],
  { state = 'going', namespace = 'apps' }: { readonly state?: 'going' | 'living' | 'done'; readonly namespace?: string } = {},
): App => ({
  apiVersion: 'example.dev/v1',
  kind: 'App',
  metadata: {
    namespace,
    name,
    uid: `${namespace}/${name}`,
    finalizers: state === 'done' ? ['example.dev/other'] : [FINALIZER],
    ...(state === 'living' ? {} : { deletionTimestamp: SOON }),
  },
  spec: { dependsOn: on.map((it) => ({ name: it, namespace: 'apps' })) },
});

async function bed(objects: readonly App[]) {
  const [clock, api] = [fakeClock(), memoryApi()];
  for (const object of objects) api.put(apps, object);
  const informer = createInformer({ client: api.client, resource: apps, clock, random: () => 0, stalledAfterMs: 1e12 });
  const rules = dependencies<App>({
    kind: 'App',
    crossNamespaceAllowed: true,
    informer,
    dependenciesOf: ({ spec }) => spec?.dependsOn ?? [],
    cel: {} as CelEvaluator,
    additive: false,
  });
  informer.addIndexes(rules.indexes);
  const order = deletionOrder<App>({ informer, dependencies: rules, clock });
  const woken: Wake[] = [];
  const subscription = order.trigger.subscribe(
    (wake) => woken.push(wake),
    (error) => expect.unreachable(String(error)),
  );
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  await clock.advance(0);
  return {
    clock,
    /** Nothing is left to do for it. */
    async end(key: ObjectKey) {
      const patch = { type: 'merge', body: { metadata: { finalizers: [] } } } as const;
      await api.client.patch(apps, { key, patch }, { signal: stop.signal });
      await clock.advance(0);
    },
    woken: () => woken.flatMap((wake) => ('key' in wake ? [wake.key.name] : [])),
    check(name: string): string | readonly string[] {
      const object = objects.find(({ metadata }) => metadata.name === name);
      if (object === undefined) throw new Error('there is no such object');
      try {
        return order.check(object, { patienceMs: 10_000 });
      } catch (error) {
        expect(error).toBeInstanceOf(Waiting);
        return (error as Error).message;
      }
    },
    async [Symbol.asyncDispose]() {
      subscription[Symbol.dispose]();
      stop.abort();
      await running;
    },
  };
}

const WAITS = 'waiting for the deletion of what depends on it: ';

test('what nothing depends on goes at once; what is depended on, after those that are going too, in whatever namespace', async () => {
  await using it = await bed([app('db', []), app('web', ['db']), app('far', ['db'], { namespace: 'other' })]);
  expect(it.check('web')).toEqual([]);
  expect(it.check('db')).toBe(`${WAITS}apps/web, other/far`);
  await it.end({ namespace: 'apps', name: 'web' });
  await it.end({ namespace: 'other', name: 'far' });
  expect(it.woken()).toEqual(['db', 'db']);
  expect(it.check('db')).toEqual([]);
});

test('a dependant that stays is waited for no longer than it takes to delete several one by one', async () => {
  await using it = await bed([app('db', []), app('web', ['db'], { state: 'living' })]);
  expect(it.check('db')).toBe(`${WAITS}apps/web`);
  await it.clock.advance(2_000);
  expect(it.check('db')).toEqual([]);
});

test('a dependant whose own objects have gone is not waited for, whoever else holds it', async () => {
  await using it = await bed([app('db', []), app('web', ['db'], { state: 'done' })]);
  expect(it.check('db')).toEqual([]);
});

test('a dependant that does not come to its end is waited for in bounds, and named then', async () => {
  await using it = await bed([app('db', []), app('web', ['db'])]);
  expect(it.check('db')).toBe(`${WAITS}apps/web`);
  await it.clock.advance(9_999);
  expect(it.check('db')).toBe(`${WAITS}apps/web`);
  await it.clock.advance(1);
  expect(it.check('db')).toEqual(['apps/web']);
});

test('members of a cycle, and what depends on itself, do not wait for each other; what depends on them is waited for', async () => {
  const cycle = [app('a', ['c']), app('b', ['a']), app('c', ['b']), app('leaf', ['a']), app('self', ['self'])];
  await using it = await bed(cycle);
  expect(it.check('self')).toEqual([]);
  expect(it.check('b')).toEqual([]);
  expect(it.check('c')).toEqual([]);
  expect(it.check('a')).toBe(`${WAITS}apps/leaf`);
});

test('of many, some are named', async () => {
  await using it = await bed([app('db', []), ...Array.from({ length: 8 }, (_, index) => app(`web-${index}`, ['db']))]);
  expect(it.check('db')).toBe(`${WAITS}apps/web-0, apps/web-1, apps/web-2, apps/web-3, apps/web-4, 3 more`);
});
