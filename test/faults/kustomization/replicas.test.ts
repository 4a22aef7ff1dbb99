import { setTimeout as delay } from 'node:timers/promises';
import { isMutating } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { applierBed, isReadyWith } from './bed.ts';
import { ownCluster } from './own-cluster.ts';
import { twentyObjects } from './twenty-objects.ts';
import { orphansIn, phantomsIn, recreatedBetween, worldOf } from './world.ts';

const cluster = ownCluster();

const ELECTION = [
  '--enable-leader-election',
  '--leader-election-lease-duration=10s',
  '--leader-election-renew-deadline=7s',
  '--leader-election-retry-period=1s',
];

test('F13: a leader that is frozen in the middle of an upgrade, and wakes when another has finished it, writes nothing more and gives up', {
  timeout: 240_000,
}, async ({ annotate }) => {
  await using bed = await applierBed(cluster.plane);
  const { namespace, proxy } = bed;
  // The leader alone is behind the proxy: its trace is that of the leader.
  const leader = await bed.start({ flags: ELECTION });
  const installed = await bed.publish(twentyObjects(namespace, 'first'));
  await bed.kustomization('app');
  await bed.until('app', isReadyWith(installed));
  const before = await worldOf(bed, 'app');
  await bed.start({ flags: ELECTION, kubeconfig: cluster.plane.kubeconfigPath });

  const slow = proxy.inject({ name: 'slow', verbs: ['apply'], action: { kind: 'delay', ms: 300 } });
  const revision = await bed.publish(twentyObjects(namespace, 'second'));
  const applied = () => proxy.trace.records.filter(({ verb, dryRun, fault }) => verb === 'apply' && !dryRun && fault === 'delay').length;
  await expect.poll(applied, { timeout: 30_000, interval: 10 }).toBeGreaterThan(5);
  process.kill(leader.pid, 'SIGSTOP');
  const frozenAt = performance.now();
  slow[Symbol.dispose]();
  await bed.until('app', isReadyWith(revision));
  await annotate(`the other had finished ${Math.round(performance.now() - frozenAt)} ms after the freeze`);
  const middle = await worldOf(bed, 'app');
  const third = await bed.publish(twentyObjects(namespace, 'third'));
  await bed.until('app', isReadyWith(third));

  const thawedAtMs = Date.now();
  process.kill(leader.pid, 'SIGCONT');
  expect(await Promise.race([leader.exited, delay(20_000)])).toBe(1);
  const late = () => proxy.trace.records.filter((record) => isMutating(record) && !record.dryRun && record.atMs >= thawedAtMs);
  // Asking for the lease once more is no harm: the server refuses whoever has an old view of it, and may do so when who has asked is gone.
  await expect.poll(() => late().filter(({ resource, status }) => resource !== 'leases' || status < 400), { timeout: 10_000 }).toEqual([]);
  const after = await worldOf(bed, 'app');
  expect([orphansIn(after), phantomsIn(after), recreatedBetween(before, middle), recreatedBetween(before, after)]).toEqual([
    [],
    [],
    [],
    [],
  ]);
});
