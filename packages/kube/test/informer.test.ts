import { describe, expect, test } from 'vitest';
import { isGone } from '../src/errors.ts';
import { createInformer, type InformerOptions } from '../src/informer/create-informer.ts';
import { type Cluster, type ConfigMap, cluster, configMaps, customKind } from './cluster.ts';

/** An informer of the namespace's own objects: every namespace is given one by the cluster itself. */
function follow({ client, namespace }: Cluster, options: Partial<InformerOptions<ConfigMap>> = {}) {
  const seen: string[] = [];
  const errors: unknown[] = [];
  const stop = new AbortController();
  const informer = createInformer({ client, resource: configMaps, namespace, onError: (error) => errors.push(error), ...options });
  informer.subscribe(({ kind, object: { metadata } }) => {
    if (metadata.name !== 'kube-root-ca.crt') seen.push(`${kind} ${metadata.name}`);
  });
  const running = informer.run(stop.signal);
  return {
    seen,
    errors,
    informer,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

const within = { timeout: 20_000 };

describe('an informer of a real API server', () => {
  test('sees what is there, what comes, what changes and what goes, in order', async () => {
    await using bed = await cluster();
    const { client, namespace, signal } = bed;
    await client.create(configMaps, bed.configMap('first'), { signal });
    await using followed = follow(bed);
    await followed.informer.whenSynced(signal);
    const second = await client.create(configMaps, bed.configMap('second', { a: '1' }), { signal });
    await client.patch(
      configMaps,
      { key: { namespace, name: 'second' }, patch: { type: 'merge', body: { data: { a: '2' } } } },
      { signal },
    );
    await client.delete(configMaps, { namespace, name: 'first' }, { signal });
    await expect.poll(() => followed.seen, within).toEqual(['added first', 'added second', 'updated second', 'deleted first']);
    const held = followed.informer.get({ namespace, name: 'second' });
    expect(held).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { uid: second.metadata.uid }, data: { a: '2' } });
    expect(followed.errors).toEqual([]);
  });

  test.each(['streamed', 'paged'] as const)(
    'survives that its place in history is gone, and tells what happened meanwhile (%s)',
    async (filling) => {
      await using bed = await cluster();
      await using kind = await customKind(bed);
      const { client, namespace, signal } = bed;
      const { resource } = kind;
      for (const name of ['kept', 'changed', 'lost']) await client.create(resource, kind.object(name), { signal });
      // The first watch hears nothing and ends; the next one asks for what was before the server began to remember this kind.
      const ended = Promise.withResolvers<void>();
      let watches = 0;
      const away: typeof client = {
        ...client,
        async *watch(of, options) {
          watches += 1;
          if (watches > 1) return yield* client.watch(of, watches === 2 ? { ...options, resourceVersion: '1' } : options);
          if (filling === 'streamed')
            for await (const event of client.watch(of, options)) {
              yield event;
              if (event.type === 'BOOKMARK' && event.initialEventsEnd) break;
            }
          await ended.promise;
        },
      };
      await using followed = follow(bed, { client: away, resource, filling });
      await followed.informer.whenSynced(signal);
      followed.seen.length = 0;
      await client.patch(
        resource,
        { key: { namespace, name: 'changed' }, patch: { type: 'merge', body: { data: { a: '2' } } } },
        { signal },
      );
      await client.delete(resource, { namespace, name: 'lost' }, { signal });
      await client.create(resource, kind.object('new'), { signal });
      ended.resolve();
      await expect.poll(() => followed.seen, within).toEqual(['deleted lost', 'updated changed', 'added new']);
      expect(followed.errors.map(isGone)).toEqual([true]);
      await client.delete(resource, { namespace, name: 'kept' }, { signal });
      await expect.poll(() => followed.seen.at(-1), within).toBe('deleted kept');
    },
  );

  test.each(['streamed', 'paged'] as const)('gets what there is (%s)', async (filling) => {
    await using bed = await cluster();
    const { client, signal } = bed;
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await client.create(configMaps, bed.configMap(name), { signal });
    await using followed = follow(bed, { pageSize: 2, filling });
    await followed.informer.whenSynced(signal);
    expect(followed.seen.toSorted()).toEqual(names.map((name) => `added ${name}`));
    expect(followed.errors).toEqual([]);
  });

  test('takes an object that leaves its selection for deleted', async () => {
    await using bed = await cluster();
    const { client, namespace, signal } = bed;
    await client.create(configMaps, bed.configMap('in', {}, { tier: 'web' }), { signal });
    await client.create(configMaps, bed.configMap('out'), { signal });
    await using followed = follow(bed, { labelSelector: 'tier=web' });
    await followed.informer.whenSynced(signal);
    const label = (name: string, tier: string | null) =>
      client.patch(
        configMaps,
        { key: { namespace, name }, patch: { type: 'merge', body: { metadata: { labels: { tier } } } } },
        { signal },
      );
    await label('out', 'web');
    await label('in', null);
    await expect.poll(() => followed.seen, within).toEqual(['added in', 'added out', 'deleted in']);
  });

  test('of metadata alone holds nothing else', async () => {
    await using bed = await cluster();
    const { client, namespace, signal } = bed;
    await client.create(configMaps, bed.configMap('web', { a: '1' }, { tier: 'web' }), { signal });
    await using followed = follow(bed, { metadataOnly: true });
    await followed.informer.whenSynced(signal);
    await client.create(configMaps, bed.configMap('later', { a: '1' }), { signal });
    await expect.poll(() => followed.seen, within).toEqual(['added web', 'added later']);
    for (const name of ['web', 'later']) {
      const held = followed.informer.get({ namespace, name });
      expect(held).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
      expect(held).not.toHaveProperty('data');
    }
  });
});
