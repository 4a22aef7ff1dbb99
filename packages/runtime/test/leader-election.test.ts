import { aborted, systemClock } from '@gotk/apimachinery';
import type { KubeClient } from '@gotk/kube';
import { expect, test } from 'vitest';
import { createElection } from '../src/election/leader-election.ts';
import { type Lease, leases } from '../src/election/lease-candidate.ts';
import { type Cluster, cluster } from './cluster.ts';
import { recordingLog } from './recording.ts';

const LEASE = 'widget-controller-leader-election';
const within = { timeout: 15_000, interval: 20 };

/** A process that leads until it is told to stop; `events` tells who led when. */
function candidate({ client, namespace }: Pick<Cluster, 'client' | 'namespace'>, identity: string, events: string[]) {
  const election = createElection({
    client,
    clock: systemClock,
    log: recordingLog(),
    namespace,
    name: LEASE,
    identity,
    leaseDurationMs: 3_000,
    renewDeadlineMs: 2_000,
    retryPeriodMs: 200,
  });
  const stop = new AbortController();
  const lead = async (signal: AbortSignal) => {
    events.push(`${identity} leads`);
    await aborted(signal);
    events.push(`${identity} ends`);
  };
  const running = election.whileLeading(lead, stop.signal).catch((error: Error) => void events.push(`${identity}: ${error.name}`));
  return {
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

test('of two candidates one leads; when it stops the other one follows, and never both', async () => {
  await using bed = await cluster();
  const events: string[] = [];
  const both = { a: candidate(bed, 'a', events), b: candidate(bed, 'b', events) };
  await expect.poll(() => events, within).toHaveLength(1);
  const [first, second] = events[0] === 'a leads' ? (['a', 'b'] as const) : (['b', 'a'] as const);
  await both[first].stop();
  await expect.poll(() => events, within).toEqual([`${first} leads`, `${first} ends`, `${second} leads`]);
  const { spec } = await bed.client.get<Lease>(leases, { namespace: bed.namespace, name: LEASE }, { signal: bed.signal });
  expect(spec).toMatchObject({ holderIdentity: second, leaseDurationSeconds: 3, leaseTransitions: 1 });
  await both[second].stop();
  const after = await bed.client.get<Lease>(leases, { namespace: bed.namespace, name: LEASE }, { signal: bed.signal });
  // A server leaves out what is empty, or keeps it: either way nobody holds it.
  expect(after.spec?.holderIdentity ?? '').toBe('');
});

test('a leader that is cut off steps down before the other one leads', async () => {
  await using bed = await cluster();
  const events: string[] = [];
  let cutOff = false;
  const client: KubeClient = {
    ...bed.client,
    replace: (resource, object, options) => (cutOff ? Promise.reject(new Error('cut off')) : bed.client.replace(resource, object, options)),
  };
  const a = candidate({ ...bed, client }, 'a', events);
  await expect.poll(() => events, within).toEqual(['a leads']);
  const b = candidate(bed, 'b', events);
  cutOff = true;
  await expect.poll(() => events, within).toEqual(['a leads', 'a ends', 'a: LeaseLost', 'b leads']);
  await Promise.all([a.stop(), b.stop()]);
});
