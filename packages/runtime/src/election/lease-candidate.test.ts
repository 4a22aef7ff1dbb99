import { fakeClock, settled } from '@gotk/apimachinery/fake-clock';
import { ConnectionError } from '@gotk/kube';
import { describe, expect, test } from 'vitest';
import { memoryApi, refused, writesOf } from '../../test/memory-api.ts';
import { recordingLog } from '../../test/recording.ts';
import { createLeaseCandidate, type Lease, leases } from './lease-candidate.ts';

const key = { namespace: 'flux-system', name: 'widget-controller-leader-election' };
const never = new AbortController().signal;

function setUp() {
  const api = memoryApi();
  const clock = fakeClock();
  const log = recordingLog();
  const candidate = (identity: string) =>
    createLeaseCandidate({ ...key, client: api.client, clock, log, identity, leaseDurationMs: 35_000, retryPeriodMs: 5_000 });
  return { api, clock, log, candidate, spec: () => api.read<Lease>(leases, key)?.spec };
}

const lease = (spec: Lease['spec'] = {}): Lease => ({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: key, spec });

describe('a lease', () => {
  test('that nobody has made is made, in client-go’s words', async () => {
    const { candidate, spec } = setUp();
    expect(await candidate('a').tryHold(never)).toBe(true);
    expect(spec()).toEqual({
      holderIdentity: 'a',
      leaseDurationSeconds: 35,
      acquireTime: '2026-01-02T03:04:05.600000Z',
      renewTime: '2026-01-02T03:04:05.600000Z',
      leaseTransitions: 0,
    });
  });

  test('is renewed with one request, and keeps when it was acquired', async () => {
    const { api, clock, candidate, spec } = setUp();
    const a = candidate('a');
    await a.tryHold(never);
    await clock.advance(5_000);
    api.asked.length = 0;
    expect(await a.tryHold(never)).toBe(true);
    expect(api.asked.map(({ verb }) => verb)).toEqual(['replace']);
    expect(spec()).toMatchObject({
      acquireTime: '2026-01-02T03:04:05.600000Z',
      renewTime: '2026-01-02T03:04:10.600000Z',
      leaseTransitions: 0,
    });
  });

  test('of somebody else is respected for as long as it says, from when we first saw it', async () => {
    const { api, clock, candidate, spec } = setUp();
    api.put(
      leases,
      lease({ holderIdentity: 'b', leaseDurationSeconds: 15, renewTime: '1999-01-01T00:00:00.000000Z', leaseTransitions: 3 }),
    );
    const a = candidate('a');
    expect(await a.tryHold(never)).toBe(false);
    await clock.advance(14_999);
    expect(await a.tryHold(never)).toBe(false);
    await clock.advance(1);
    expect(await a.tryHold(never)).toBe(true);
    expect(spec()).toMatchObject({ holderIdentity: 'a', leaseTransitions: 4 });
  });

  test('whose holder renews it is respected for ever, whatever its clock says', async () => {
    const { api, clock, candidate } = setUp();
    const a = candidate('a');
    for (let times = 0; times < 10; times++) {
      api.put(leases, lease({ holderIdentity: 'b', leaseDurationSeconds: 15, renewTime: `1999-01-01T00:00:0${times}.000000Z` }));
      expect(await a.tryHold(never)).toBe(false);
      await clock.advance(14_000);
    }
  });

  test.each([{}, { holderIdentity: '' }])('that was handed back is free at once (%j)', async (handedBack) => {
    const { api, candidate } = setUp();
    api.put(leases, lease({ leaseDurationSeconds: 15, ...handedBack }));
    expect(await candidate('a').tryHold(never)).toBe(true);
  });

  test('without a spec is free', async () => {
    const { api, candidate } = setUp();
    const { spec: _, ...bare } = lease();
    api.put(leases, bare);
    expect(await candidate('a').tryHold(never)).toBe(true);
  });

  test('keeps what others have written on it', async () => {
    const { api, candidate } = setUp();
    api.put(leases, { ...lease({ holderIdentity: '' }), metadata: { ...key, labels: { theirs: 'yes' } } });
    await candidate('a').tryHold(never);
    expect(api.read(leases, key)?.metadata.labels).toEqual({ theirs: 'yes' });
  });

  test('has one holder, of two who try at once', async () => {
    const { api, candidate } = setUp();
    api.put(leases, lease({ holderIdentity: '' }));
    const held = await Promise.all([candidate('a').tryHold(never), candidate('b').tryHold(never)]);
    expect(held.filter(Boolean)).toHaveLength(1);
    api.remove(leases, key);
    const created = await Promise.all([candidate('c').tryHold(never), candidate('d').tryHold(never)]);
    expect(created.filter(Boolean)).toHaveLength(1);
  });
});

describe('a holder', () => {
  test('goes on when somebody touched its lease', async () => {
    const { api, candidate, spec } = setUp();
    const a = candidate('a');
    await a.tryHold(never);
    const stored = api.read<Lease>(leases, key) ?? lease();
    api.put(leases, { ...stored, metadata: { ...stored.metadata, labels: { theirs: 'yes' } } });
    expect(await a.tryHold(never)).toBe(true);
    expect(spec()?.holderIdentity).toBe('a');
  });

  test('notices that somebody has taken it', async () => {
    const { api, candidate, spec } = setUp();
    const a = candidate('a');
    await a.tryHold(never);
    api.put(leases, lease({ holderIdentity: 'b', leaseDurationSeconds: 15, renewTime: 'now' }));
    expect(await a.tryHold(never)).toBe(false);
    expect(a.overtaken).toBe(true);
    await a.release();
    expect(spec()?.holderIdentity).toBe('b');
  });

  test('makes it anew when somebody deleted it', async () => {
    const { api, candidate, spec } = setUp();
    const a = candidate('a');
    await a.tryHold(never);
    api.remove(leases, key);
    expect(await a.tryHold(never)).toBe(true);
    expect(spec()?.holderIdentity).toBe('a');
  });

  test('that heard nothing is not overtaken, and finds out what it holds', async () => {
    const { api, candidate, log } = setUp();
    const a = candidate('a');
    await a.tryHold(never);
    api.after = () => {
      throw new ConnectionError('reset');
    };
    expect(await a.tryHold(never)).toBe(false);
    expect(a.overtaken).toBe(false);
    expect(log.lines).toMatchObject([{ level: 'error', message: 'failed to take or renew the lease' }]);
    api.after = () => undefined;
    expect(await a.tryHold(never)).toBe(true);
  });

  test('does not wait for an answer longer than two periods', async () => {
    const { api, clock, candidate } = setUp();
    const a = candidate('a');
    await a.tryHold(never);
    api.before = () => new Promise<void>(() => undefined);
    let held: boolean | undefined;
    void a.tryHold(never).then((answer) => {
      held = answer;
    });
    await clock.advance(9_999);
    expect(held).toBeUndefined();
    await clock.advance(1);
    expect(held).toBe(false);
  });

  test('hands it back, and the next one need not wait', async () => {
    const { candidate, spec } = setUp();
    const [a, b] = [candidate('a'), candidate('b')];
    await a.tryHold(never);
    expect(await b.tryHold(never)).toBe(false);
    await a.release();
    expect(spec()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(await b.tryHold(never)).toBe(true);
    expect(spec()?.leaseTransitions).toBe(1);
  });

  test('hands it back although its last renewal was called off after it had been carried out', async () => {
    const { api, candidate, spec } = setUp();
    const a = candidate('a');
    await a.tryHold(never);
    const stop = new AbortController();
    api.after = ({ verb }) => {
      if (verb === 'replace' && !stop.signal.aborted) stop.abort();
      stop.signal.throwIfAborted();
    };
    expect(await a.tryHold(stop.signal)).toBe(false);
    api.after = () => undefined;
    await a.release();
    expect(spec()).toMatchObject({ holderIdentity: '' });
  });

  test('that cannot hand it back says nothing but to the curious', async () => {
    const { api, candidate, log } = setUp();
    const a = candidate('a');
    await a.tryHold(never);
    api.before = () => {
      throw refused(500, 'InternalError');
    };
    await a.release();
    expect(log.lines).toMatchObject([{ level: 'debug' }]);
  });
});

test('whoever holds nothing hands nothing back', async () => {
  const { api, candidate } = setUp();
  api.put(leases, lease({ holderIdentity: 'b', leaseDurationSeconds: 15 }));
  const a = candidate('a');
  await a.tryHold(never);
  await a.release();
  expect(writesOf(api.asked)).toEqual([]);
});

test('an attempt that was called off is no failure', async () => {
  const { api, candidate, log } = setUp();
  api.before = () => new Promise<void>(() => undefined);
  const stop = new AbortController();
  const attempt = candidate('a').tryHold(stop.signal);
  await settled();
  stop.abort();
  expect(await attempt).toBe(false);
  expect(log.lines).toEqual([]);
});
