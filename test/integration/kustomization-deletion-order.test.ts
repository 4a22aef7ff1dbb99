import { kustomizations } from '@gotk/api';
import { systemClock } from '@gotk/apimachinery';
import { createInformer } from '@gotk/kube';
import { expect, test } from 'vitest';
import { configMap } from './manifests.ts';
import { condition, isReady, resources, type Testbed, testbed } from './testbed.ts';

const HELD = { metadata: { finalizers: ['example.com/hold'] } };
const FREE = { metadata: { finalizers: null } };

/** A chain in which each depends on the one before, and waits until its objects are gone when it is deleted. */
async function chain(bed: Testbed, names: readonly string[], spec: Parameters<Testbed['kustomization']>[1] = {}) {
  const repository = await bed.repository(Object.fromEntries(names.map((name) => [`${name}/cm.yaml`, configMap(name, {})])));
  await bed.gitRepository('repo', { url: repository.url });
  for (const [index, name] of names.entries())
    await bed.kustomization(name, {
      path: `./${name}`,
      deletionPolicy: 'WaitForTermination',
      ...(index === 0 ? {} : { dependsOn: [{ name: names[index - 1] ?? '' }] }),
      ...spec,
    });
  for (const name of names) await bed.applier(name, isReady);
}

/** ConfigMaps in the order in which they went. */
function departures({ client, namespace }: Pick<Testbed, 'client' | 'namespace'>) {
  const stop = new AbortController();
  const gone: string[] = [];
  const informer = createInformer({ client, resource: resources.configMap, clock: systemClock, namespace });
  const subscription = informer.subscribe(({ kind, object }) => kind === 'deleted' && gone.push(object.metadata.name));
  const running = informer.run(stop.signal);
  return {
    gone,
    async [Symbol.asyncDispose]() {
      stop.abort();
      subscription[Symbol.dispose]();
      await running;
    },
  };
}

const remove = (bed: Testbed, name: string) =>
  bed.client.delete(kustomizations, { namespace: bed.namespace, name }, { signal: bed.signal });
const seconds = (count: number) => new Promise((resolve) => setTimeout(resolve, count * 1_000));

test('Kustomizations that are deleted together go in the reverse order of their dependencies, and say what they wait for', async () => {
  await using bed = await testbed();
  await chain(bed, ['a', 'b', 'c']);
  await bed.merge(resources.configMap, 'c', HELD);
  await using watched = departures(bed);
  for (const name of ['a', 'b', 'c']) await remove(bed, name);
  const waits = (name: string, on: string) =>
    bed.applier(name, (it) => condition(it, 'Ready')?.message === `waiting for the deletion of what depends on it: ${bed.namespace}/${on}`);
  await waits('a', 'b');
  await waits('b', 'c');
  await seconds(2);
  expect(watched.gone).toEqual([]);
  expect((await bed.get(resources.configMap, 'b'))?.metadata.deletionTimestamp).toBeUndefined();
  await bed.merge(resources.configMap, 'c', FREE);
  const started = performance.now();
  await bed.untilGone(kustomizations, 'a');
  expect(performance.now() - started).toBeLessThan(5_000);
  // What went is told by another watch, maybe a moment later.
  await expect.poll(() => watched.gone.filter((name) => name.length === 1), { timeout: 10_000 }).toEqual(['c', 'b', 'a']);
});

test('a dependant that stays, or that is suspended, holds nothing up; one that never ends, no longer than spec.timeout', async () => {
  await using bed = await testbed();
  await chain(bed, ['a', 'b'], { timeout: '4s' });
  await bed.kustomization('stays', { path: './a', namePrefix: 'x-', dependsOn: [{ name: 'a' }] });
  await bed.kustomization('suspended', { path: './a', namePrefix: 'y-', dependsOn: [{ name: 'a' }], suspend: true });
  await bed.applier('stays', isReady);
  await bed.merge(resources.configMap, 'b', HELD);
  for (const name of ['a', 'b', 'suspended']) await remove(bed, name);
  await bed.untilGone(kustomizations, 'suspended');
  await bed.untilGone(kustomizations, 'a');
  expect(await bed.get(kustomizations, 'b')).toBeDefined();
  expect(await bed.get(resources.configMap, 'x-a')).toBeDefined();
  await expect
    .poll(() => bed.events('Kustomization', 'a'), { timeout: 20_000 })
    .toContainEqual({
      type: 'Warning',
      reason: 'Progressing',
      message: `objects are deleted although what depends on them is still there: ${bed.namespace}/b`,
    });
  await bed.merge(resources.configMap, 'b', FREE);
  await bed.untilGone(kustomizations, 'b');
});

test('those of a namespace that is deleted go in order as well', async () => {
  await using bed = await testbed();
  await using target = await testbed();
  await chain(bed, ['a', 'b'], { targetNamespace: target.namespace });
  await target.merge(resources.configMap, 'b', HELD);
  await bed.client.delete(resources.namespace, { namespace: '', name: bed.namespace }, { signal: bed.signal });
  await bed.applier('a', (it) => condition(it, 'Ready')?.message.includes(`${bed.namespace}/b`) === true);
  await seconds(1);
  expect((await target.get(resources.configMap, 'a'))?.metadata.deletionTimestamp).toBeUndefined();
  await target.merge(resources.configMap, 'b', FREE);
  await target.untilGone(resources.configMap, 'a');
  await bed.untilGone(kustomizations, 'a');
});
