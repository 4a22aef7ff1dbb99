import { type KubeObject, type Resource, systemClock } from '@gotk/apimachinery';
import { expect, test } from 'vitest';
import { createManager } from '../src/manager/create-manager.ts';
import { type Cluster, cluster } from './cluster.ts';
import { recordingLog } from './recording.ts';

const election = { leaseDurationMs: 60_000, renewDeadlineMs: 50_000, retryPeriodMs: 500 };

/** A process that reconciles the given kinds, and how it answers probes. */
async function start(bed: Cluster, kinds: readonly Resource<KubeObject>[], instance = 'pod-1') {
  const listening = Promise.withResolvers<string>();
  const stop = new AbortController();
  const log = recordingLog();
  const manager = createManager({
    name: 'widget-controller',
    instance,
    client: bed.client,
    clock: systemClock,
    log,
    watchNamespace: bed.namespace,
    healthAddress: '127.0.0.1:0',
    onListening: (_server, url) => listening.resolve(url),
    election: { ...election, namespace: bed.namespace },
  });
  for (const resource of kinds)
    manager.add({
      name: resource.kind.toLowerCase(),
      resource,
      triggers: [],
      concurrency: 1,
      reconcile: () => Promise.resolve({ reason: 'Succeeded', message: 'done' }),
      finalize: () => Promise.resolve(),
    });
  const running = manager.run(stop.signal);
  const url = await listening.promise;
  return {
    probe: async (path: string) => {
      const answer = await fetch(`${url}${path}`);
      return [answer.status, await answer.text()];
    },
    leads: () => log.lines.some(({ message }) => message === 'elected leader'),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}

test('a kind that the server does not have is named by /readyz; /healthz does not mind', async () => {
  await using bed = await cluster();
  const ghosts = { ...bed.widgets, kind: 'Ghost', plural: 'ghosts' };
  await using process = await start(bed, [bed.widgets as Resource<KubeObject>, ghosts as Resource<KubeObject>]);
  await expect.poll(() => process.probe('/readyz'), { timeout: 10_000 }).toEqual([503, 'the API server does not serve: Ghost']);
  expect(await process.probe('/healthz')).toEqual([200, 'ok']);
});

test('a process that does not lead is ready like the one that does', async () => {
  await using bed = await cluster();
  const kinds = [bed.widgets as Resource<KubeObject>];
  await using leader = await start(bed, kinds, 'pod-1');
  await expect.poll(leader.leads, { timeout: 10_000 }).toBe(true);
  await using follower = await start(bed, kinds, 'pod-2');
  for (const { probe } of [leader, follower]) await expect.poll(() => probe('/readyz'), { timeout: 10_000 }).toEqual([200, 'ok']);
  expect([leader.leads(), follower.leads()]).toEqual([true, false]);
});
