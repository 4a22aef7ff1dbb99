import { systemClock } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { type Lease, leases } from '../src/election/lease-candidate.ts';
import { createManager } from '../src/manager/create-manager.ts';
import { cluster } from './cluster.ts';
import { recordingLog } from './recording.ts';
import type { Widget } from './widget.ts';

const SHARD = 'sharding.fluxcd.io/key';
const election = { leaseDurationMs: 5_000, renewDeadlineMs: 4_000, retryPeriodMs: 500 };

test('shards lead side by side, and each reconciles the objects with its label and no others', async () => {
  await using bed = await cluster();
  const { client, namespace, widgets, signal } = bed;
  const label = (name: string, shard: string) => {
    const patch = { type: 'merge', body: { metadata: { labels: { [SHARD]: shard } } } } as const;
    return client.patch(widgets, { key: { namespace, name }, patch }, { signal });
  };
  for (const name of ['a', 'b', 'moves', 'nobodys']) await bed.createWidget(name);
  for (const [name, shard] of [
    ['a', 'one'],
    ['b', 'two'],
    ['moves', 'one'],
  ] as const)
    await label(name, shard);

  const runs: Record<string, string[]> = {};
  const stop = new AbortController();
  const managers = ['one', 'two'].map((shard) => {
    const ran: string[] = [];
    runs[shard] = ran;
    const manager = createManager({
      name: 'widget-controller',
      instance: `pod-${shard}`,
      client,
      clock: systemClock,
      log: recordingLog(),
      watchNamespace: namespace,
      watchLabelSelector: `${SHARD}=${shard}`,
      election: { ...election, namespace },
    });
    manager.add<Widget>({
      name: 'widget',
      resource: widgets,
      triggers: [],
      concurrency: 2,
      async reconcile({ metadata }) {
        ran.push(metadata.name);
        return { reason: 'Succeeded', message: `by ${shard}` };
      },
    });
    return manager.run(stop.signal);
  });
  const messageOf = async (name: string) => (await bed.widget(name))?.status?.conditions?.[0]?.message;
  const within = { timeout: 15_000, interval: 50 };
  await expect.poll(() => Promise.all(['a', 'b', 'moves'].map(messageOf)), within).toEqual(['by one', 'by two', 'by one']);

  await label('moves', 'two');
  await client.patch(widgets, { key: { namespace, name: 'moves' }, patch: { type: 'merge', body: { spec: { size: 2 } } } }, { signal });
  await expect.poll(() => messageOf('moves'), within).toBe('by two');
  expect(await messageOf('nobodys')).toBeUndefined();
  expect(runs.one?.filter((name) => name !== 'a' && name !== 'moves')).toEqual([]);
  expect(runs.two?.filter((name) => name !== 'b' && name !== 'moves')).toEqual([]);
  const held = (await client.list<Lease>(leases, { namespace, signal })).items;
  expect(held.map(({ metadata, spec }) => [metadata.name.replace(/[0-9a-f]{8}$/, '#'), spec?.holderIdentity?.split('_')[0]])).toEqual([
    ['widget-controller-leader-election-#', expect.stringMatching(/^pod-/)],
    ['widget-controller-leader-election-#', expect.stringMatching(/^pod-/)],
  ]);
  stop.abort();
  await Promise.all(managers);
});
