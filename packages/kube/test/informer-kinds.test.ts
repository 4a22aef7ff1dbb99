import type { KubeObject, Resource } from '@gotk/apimachinery';
import { systemClock } from '@gotk/apimachinery';
import { expect, inject, test } from 'vitest';
import { NoMatch } from '../src/errors.ts';
import { createInformerSet } from '../src/informer/informer-set.ts';
import { createKubeClient } from '../src/kube-client.ts';
import { loadConnection } from '../src/kubeconfig/kubeconfig.ts';
import type { RequestSeen } from '../src/transport/transport.ts';
import { cluster, customKind, definitions } from './cluster.ts';

const within = { timeout: 20_000, interval: 20 };

test('a kind is watched when its definition appears, rests when it goes, and is watched when it comes back', async () => {
  await using bed = await cluster();
  const { namespace, signal } = bed;
  const seen: RequestSeen[] = [];
  const connection = await loadConnection({ kubeconfigPath: inject('kubeconfigPath') });
  await using stack = new AsyncDisposableStack();
  const client = createKubeClient({ connection, userAgent: 'kube-test/1', onRequest: (request) => seen.push(request) });
  stack.defer(() => client.close());
  const errors: unknown[] = [];
  const set = stack.use(createInformerSet({ client, clock: systemClock, onError: (error) => errors.push(error) }));
  const resource: Resource<KubeObject> = {
    group: `${namespace}.example.dev`,
    version: 'v1',
    kind: 'Widget',
    plural: 'widgets',
    namespaced: true,
  };
  const { informer } = stack.use(set.hold(resource));
  const deltas: string[] = [];
  stack.use(informer.subscribe(({ kind, object }) => deltas.push(`${kind} ${object.metadata.name}`)));

  await informer.whenSynced(signal);
  expect([informer.served, errors]).toEqual([false, [expect.any(NoMatch)]]);

  {
    await using kind = await customKind(bed);
    const definedAt = performance.now();
    await expect.poll(() => informer.served, within).toBe(true);
    expect(performance.now() - definedAt).toBeLessThan(1_000);
    await bed.client.create(kind.resource, kind.object('first'), { signal });
    await expect.poll(() => deltas, within).toEqual(['added first']);
  }
  await expect.poll(() => informer.served, within).toBe(false);
  expect(deltas).toEqual(['added first', 'deleted first']);
  expect(errors.filter((error) => error instanceof NoMatch)).toHaveLength(2);

  // Whoever looped would ask many times in two seconds.
  const requests = seen.length;
  await systemClock.sleep(2_000);
  expect(seen.length - requests).toBeLessThanOrEqual(2);

  await using kind = await customKind(bed);
  await expect.poll(() => informer.served, within).toBe(true);
  await bed.client.create(kind.resource, kind.object('second'), { signal });
  await expect.poll(() => deltas.at(-1), within).toBe('added second');
});

test('a version that is served no longer takes its objects with it, while another version keeps them', async () => {
  await using bed = await cluster();
  const { client, namespace, signal } = bed;
  await using kind = await customKind(bed);
  const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
  const serve = (...served: readonly string[]) => {
    const versions = ['v1', 'v2'].map((name) => ({ name, served: served.includes(name), storage: name === 'v1', schema }));
    const key = { namespace: '', name: `widgets.${kind.resource.group}` };
    return client.patch(definitions, { key, patch: { type: 'merge', body: { spec: { versions } } } }, { signal });
  };
  await client.create(kind.resource, kind.object('web'), { signal });
  const errors: unknown[] = [];
  await using set = createInformerSet({ client, clock: systemClock, onError: (error) => errors.push(error) });
  const [old, young] = ['v1', 'v2'].map((version) => set.hold({ ...kind.resource, version }, { namespace }).informer);
  const state = () => [old, young].map((informer) => [informer?.served, informer?.list().length]);

  const [both, onlyYoung, onlyOld] = [
    [
      [true, 1],
      [true, 1],
    ],
    [
      [false, 0],
      [true, 1],
    ],
    [
      [true, 1],
      [false, 0],
    ],
  ] as const;
  await expect.poll(state, within).toEqual(onlyOld);
  await serve('v1', 'v2');
  await expect.poll(state, within).toEqual(both);
  await serve('v2');
  await expect.poll(state, within).toEqual(onlyYoung);
  await serve('v1', 'v2');
  await expect.poll(state, within).toEqual(both);
  expect(errors.filter((error) => error instanceof NoMatch)).toHaveLength(2);
});
