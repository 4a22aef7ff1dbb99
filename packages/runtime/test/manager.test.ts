import { aborted, systemClock } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import type { Controller } from '../src/controller/controller.ts';
import { type Lease, leases } from '../src/election/lease-candidate.ts';
import { createManager } from '../src/manager/create-manager.ts';
import type { ManagerOptions } from '../src/manager/manager-options.ts';
import { conditionOf } from '../src/status/status.ts';
import { type Cluster, cluster } from './cluster.ts';
import { recordingLog } from './recording.ts';
import type { Widget } from './widget.ts';

const ready = { reason: 'Succeeded', message: 'done' };
const within = { timeout: 15_000, interval: 20 };
const election = { leaseDurationMs: 5_000, renewDeadlineMs: 4_000, retryPeriodMs: 500 };

/** A manager with one controller; `events` tells what happened, in order. */
function start(bed: Cluster, parts: Partial<Controller<Widget>> = {}, options: Partial<ManagerOptions> = {}) {
  const events: string[] = [];
  const urls: Partial<Record<'metrics' | 'health', string>> = {};
  const stop = new AbortController();
  const manager = createManager({
    name: 'widget-controller',
    instance: 'pod-1',
    client: bed.client,
    clock: systemClock,
    log: recordingLog(),
    watchNamespace: bed.namespace,
    metricsAddress: '127.0.0.1:0',
    healthAddress: '127.0.0.1:0',
    onListening: (server, url) => {
      urls[server] = url;
    },
    ...options,
  });
  manager.add<Widget>({
    name: 'widget',
    resource: bed.widgets,
    triggers: [],
    concurrency: 2,
    reconcile: () => Promise.resolve(ready),
    finalize: () => Promise.resolve(),
    ...parts,
  });
  return {
    manager,
    events,
    urls,
    run() {
      const running = manager.run(stop.signal).then(
        () => events.push('manager ended'),
        (error: unknown) => events.push(`manager failed: ${String(error)}`),
      );
      return running;
    },
    stop: () => {
      events.push('told to stop');
      stop.abort();
    },
  };
}

const readyOf = (widget: Widget | undefined) => (widget === undefined ? undefined : conditionOf(widget, 'Ready'));
const holder = async ({ client, namespace, signal }: Cluster): Promise<string> => {
  const { spec } = await client.get<Lease>(leases, { namespace, name: 'widget-controller-leader-election' }, { signal });
  return spec?.holderIdentity ?? '';
};

test('a manager reconciles what is there and what comes, and finalizes what goes', async () => {
  await using bed = await cluster();
  await bed.createWidget('there');
  const process = start(bed);
  const running = process.run();
  await bed.createWidget('comes');
  for (const name of ['there', 'comes']) {
    await expect.poll(() => bed.widget(name).then(readyOf), within).toMatchObject({ status: 'True', observedGeneration: 1, ...ready });
    expect((await bed.widget(name))?.status?.observedGeneration).toBe(1);
  }
  await bed.client.delete(bed.widgets, { namespace: bed.namespace, name: 'there' }, { signal: bed.signal });
  await expect.poll(() => bed.widget('there'), within).toBeUndefined();
  process.stop();
  await running;
  expect((await bed.widget('comes'))?.metadata.finalizers).toEqual(['finalizers.fluxcd.io']);
});

test('a manager says that it is ready once it is, and serves its metrics', async () => {
  await using bed = await cluster();
  const serves = { yet: false };
  const process = start(bed);
  process.manager.addService({ name: 'artifact-server', leaderOnly: false, run: aborted, ready: () => serves.yet });
  const running = process.run();
  const probe = async () => {
    const { health } = process.urls;
    return health === undefined ? undefined : (await fetch(`${health}/readyz`)).text();
  };
  await expect.poll(probe, within).toBe('artifact-server is not ready');
  serves.yet = true;
  await expect.poll(probe, within).toBe('ok');
  await bed.createWidget('web');
  const metrics = async () => (await fetch(`${process.urls.metrics}/metrics`)).text();
  await expect
    .poll(metrics, within)
    .toMatch(/gotk_reconcile_condition\{kind="Widget",name="web",namespace=".*",type="Ready",status="True"\} 1/);
  process.stop();
  await running;
  await expect(metrics()).rejects.toThrow();
});

describe('a manager that stops', () => {
  test('lets what runs end and be written, then ends its services, hands the lease back, and only then ends', async () => {
    await using bed = await cluster();
    const slow = Promise.withResolvers<void>();
    const process = start(
      bed,
      {
        concurrency: 1,
        async reconcile({ metadata }) {
          process.events.push(`${metadata.name} begins`);
          await slow.promise;
          process.events.push(`${metadata.name} ends, lease held: ${(await holder(bed)) !== ''}`);
          return ready;
        },
      },
      { election: { namespace: bed.namespace, ...election }, graceMs: 10_000 },
    );
    process.manager.addService({
      name: 'led',
      leaderOnly: true,
      async run(signal) {
        await aborted(signal);
        process.events.push(`service ends, lease held: ${(await holder(bed)) !== ''}`);
      },
    });
    await bed.createWidget('first');
    await bed.createWidget('second');
    const running = process.run();
    await expect.poll(() => process.events, within).toEqual(['first begins']);
    process.stop();
    slow.resolve();
    await running;
    expect(process.events).toEqual([
      'first begins',
      'told to stop',
      'first ends, lease held: true',
      'service ends, lease held: true',
      'manager ended',
    ]);
    expect(readyOf(await bed.widget('first'))).toMatchObject({ status: 'True' });
    expect(readyOf(await bed.widget('second'))).toBeUndefined();
    expect(await holder(bed)).toBe('');
  });

  test('aborts what takes longer than its grace, and leaves its status alone', async () => {
    await using bed = await cluster();
    const process = start(
      bed,
      {
        async reconcile(_widget, { signal }) {
          process.events.push('begins');
          await aborted(signal);
          process.events.push(String(signal.reason));
          throw signal.reason;
        },
      },
      { graceMs: 100 },
    );
    await bed.createWidget('web');
    const running = process.run();
    await expect.poll(() => process.events, within).toEqual(['begins']);
    process.stop();
    await running;
    expect(process.events).toEqual(['begins', 'told to stop', 'Superseded: the process is shutting down', 'manager ended']);
    expect(readyOf(await bed.widget('web'))).toBeUndefined();
  });

  test('has sent the events of its last run', async () => {
    await using bed = await cluster();
    const process = start(bed, {
      async reconcile(_widget, { event, signal }) {
        process.events.push('begins');
        await aborted(AbortSignal.any([signal, AbortSignal.timeout(200)]));
        event({ severity: 'info', reason: 'LastWords', message: 'that was it' });
        return ready;
      },
    });
    await bed.createWidget('web');
    const running = process.run();
    await expect.poll(() => process.events, within).toEqual(['begins']);
    process.stop();
    await running;
    const events = { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true } as const;
    const { items } = await bed.client.list(events, { namespace: bed.namespace, signal: bed.signal });
    expect(items).toMatchObject([{ reason: 'LastWords', message: 'that was it', reportingComponent: 'widget-controller' }]);
  });
});

test('a manager whose service fails stops in the same order, and fails with it', async () => {
  await using bed = await cluster();
  const process = start(bed, {}, { election: { namespace: bed.namespace, ...election } });
  const broken = Promise.withResolvers<void>();
  process.manager.addService({ name: 'broken', leaderOnly: false, run: () => broken.promise });
  await bed.createWidget('web');
  const running = process.run();
  await expect.poll(() => bed.widget('web').then(readyOf), within).toMatchObject({ status: 'True' });
  broken.reject(new Error('the disk is full'));
  await running;
  expect(process.events).toEqual(['manager failed: Error: the disk is full']);
  expect(await holder(bed)).toBe('');
});
