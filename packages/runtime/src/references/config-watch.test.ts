import type { KubeObject, Resource } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { createInformer, type Indexes, type Informer, type Selectors } from '@gotk/kube';
import { expect, test } from 'vitest';
import { memoryApi } from '../../test/memory-api.ts';
import { type Widget, widget } from '../../test/widget.ts';
import type { Wake } from '../controller/controller.ts';
import { configWatch } from './config-watch.ts';

const secrets: Resource<KubeObject> = { group: '', version: 'v1', kind: 'Secret', plural: 'secrets', namespaced: true };
const secret = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { namespace: 'apps', name, labels: { 'reconcile.fluxcd.io/watch': 'Enabled' } },
});

test('a watched Secret wakes those who read it: when it appears, changes and goes', async () => {
  const [api, clock, stop] = [memoryApi(), fakeClock(), new AbortController()];
  const asked: Selectors[] = [];
  const running: Promise<void>[] = [];
  const informer = <T extends KubeObject>(
    resource: Resource<T>,
    { indexes: _, ...selectors }: Selectors & { indexes?: Indexes<T> } = {},
  ) => {
    asked.push(selectors);
    const made: Informer<T> = createInformer({ client: api.client, resource, clock, random: () => 0, stalledAfterMs: 1e12 });
    running.push(made.run(stop.signal));
    return made;
  };
  const { indexes, triggers } = configWatch<Widget>(
    { informer },
    {
      labelSelector: 'reconcile.fluxcd.io/watch=Enabled',
      kinds: ['Secret'],
      refersTo: ({ spec }) => [
        { kind: 'Secret', name: spec?.source ?? '' },
        { kind: 'Secret', namespace: 'infra', name: 'ca' },
      ],
    },
  );
  expect(asked).toEqual([{ labelSelector: 'reconcile.fluxcd.io/watch=Enabled', metadataOnly: true }]);
  expect(indexes?.config?.(widget({ spec: { source: 'login' } }))).toEqual(['Secret/apps/login', 'Secret/infra/ca']);

  const wakes: Wake[] = [];
  using _subscription = triggers[0]?.subscribe(
    (wake) => wakes.push(wake),
    () => undefined,
  );
  await clock.advance(0);
  for (const change of [
    () => api.put(secrets, secret('login')),
    () => api.put(secrets, { ...secret('login'), data: { password: 'eA==' } } as KubeObject),
    () => api.remove(secrets, { namespace: 'apps', name: 'login' }),
  ]) {
    change();
    await clock.advance(0);
    expect(wakes.splice(0)).toEqual([{ index: 'config', value: 'Secret/apps/login', priority: 'urgent' }]);
  }
  stop.abort();
  await Promise.all(running);
});

test('without a selector nothing is watched', () => {
  const manager = { informer: () => expect.unreachable() as never };
  expect(configWatch<Widget>(manager, { labelSelector: undefined, kinds: ['Secret'], refersTo: () => [] }).triggers).toEqual([]);
});
