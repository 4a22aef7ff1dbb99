import { aborted, type Clock } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { ConnectionError } from '@gotk/kube';
import { describe, expect, test } from 'vitest';
import { memoryApi } from '../../test/memory-api.ts';
import { recordingLog } from '../../test/recording.ts';
import { createElection, LeaseLost } from './leader-election.ts';
import { type Lease, leases } from './lease-candidate.ts';
import { leaseName } from './lease-name.ts';

const key = { namespace: 'flux-system', name: leaseName('widget-controller') };

function setUp() {
  const api = memoryApi();
  const clock = fakeClock();
  let aheadMs = 0;
  const process: Clock = { ...clock, monotonic: () => clock.monotonic() + aheadMs };

  /** A process that leads until its signal aborts. */
  const candidate = (identity: string, options: { readonly releaseOnCancel?: boolean; readonly clock?: Clock } = {}) => {
    const election = createElection({
      ...key,
      client: api.client,
      clock,
      log: recordingLog(),
      identity,
      leaseDurationMs: 35_000,
      renewDeadlineMs: 30_000,
      retryPeriodMs: 5_000,
      ...options,
    });
    const stop = new AbortController();
    const state: { leads: boolean; signal?: AbortSignal; ended?: unknown } = { leads: false };
    const lead = async (signal: AbortSignal) => {
      Object.assign(state, { leads: true, signal });
      await aborted(signal);
      state.leads = false;
    };
    const running = election.whileLeading(lead, stop.signal).then(
      () => {
        state.ended = 'stopped';
      },
      (error: unknown) => {
        state.ended = error;
      },
    );
    return { election, state, stop: () => stop.abort(), running };
  };
  return {
    api,
    clock,
    candidate,
    process,
    /** The process stands still for so long: its clock moves on, and none of its timers fires. */
    freeze: (ms: number) => {
      aheadMs += ms;
    },
    holder: () => api.read<Lease>(leases, key)?.spec?.holderIdentity,
  };
}

describe('an election', () => {
  test('has one leader, which stays', async () => {
    const { clock, candidate } = setUp();
    const a = candidate('a');
    await clock.advance(0);
    const b = candidate('b');
    await clock.advance(600_000);
    expect([a.state.leads, b.state.leads]).toEqual([true, false]);
    expect([a.election.holds(), b.election.holds()]).toEqual([true, false]);
    a.stop();
    b.stop();
    await clock.advance(0);
    await Promise.all([a.running, b.running]);
    expect([a.state.ended, b.state.ended]).toEqual(['stopped', 'stopped']);
  });

  test('a leader that stops hands over: the next one leads within its retry period', async () => {
    const { clock, candidate } = setUp();
    const a = candidate('a');
    await clock.advance(0);
    const b = candidate('b');
    await clock.advance(1_000);
    a.stop();
    await clock.advance(0);
    expect(a.election.holds()).toBe(false);
    await clock.advance(4_000);
    expect(b.state.leads).toBe(true);
    b.stop();
    await b.running;
  });

  test('a leader that is told not to hand over leaves its lease to expire', async () => {
    const { clock, candidate, holder } = setUp();
    const a = candidate('a', { releaseOnCancel: false });
    await clock.advance(0);
    a.stop();
    await clock.advance(0);
    expect(holder()).toBe('a');
    const b = candidate('b');
    await clock.advance(34_999);
    expect(b.state.leads).toBe(false);
    await clock.advance(5_000);
    expect(b.state.leads).toBe(true);
    b.stop();
    await b.running;
  });

  test('whoever is stopped before it was elected never leads', async () => {
    const { api, clock, candidate } = setUp();
    const a = candidate('a');
    await clock.advance(0);
    const b = candidate('b');
    await clock.advance(7_000);
    b.stop();
    await b.running;
    expect(b.state).toEqual({ leads: false, ended: 'stopped' });
    a.stop();
    await a.running;
    expect(api.read<Lease>(leases, key)?.spec?.leaseTransitions).toBe(0);
  });
});

describe('a leader', () => {
  test('that cannot renew steps down before anybody else may lead', async () => {
    const { api, clock, candidate } = setUp();
    const a = candidate('a');
    await clock.advance(0);
    const b = candidate('b');
    await clock.advance(0);
    api.before = ({ verb, body }) => {
      if (verb === 'replace' && (body as Lease).spec?.holderIdentity === 'a') throw new ConnectionError('no route');
    };
    await clock.advance(29_999);
    expect([a.state.leads, a.election.holds()]).toEqual([true, true]);
    await clock.advance(1);
    expect([a.state.leads, a.election.holds()]).toEqual([false, false]);
    expect(a.state.signal?.reason).toBeInstanceOf(LeaseLost);
    expect(b.state.leads).toBe(false);
    await a.running;
    expect(a.state.ended).toEqual(new LeaseLost('the lease was not renewed in time'));
    await clock.advance(10_000);
    expect(b.state.leads).toBe(true);
    b.stop();
    await b.running;
  });

  test('whose lease was taken steps down at the next renewal', async () => {
    const { api, clock, candidate, holder } = setUp();
    const a = candidate('a');
    await clock.advance(0);
    const stored = api.read<Lease>(leases, key);
    if (stored !== undefined) api.put(leases, { ...stored, spec: { holderIdentity: 'thief', leaseDurationSeconds: 35, renewTime: 'now' } });
    await clock.advance(5_000);
    expect(a.state.leads).toBe(false);
    await a.running;
    expect(a.state.ended).toEqual(new LeaseLost('another process has taken the lease'));
    expect(holder()).toBe('thief');
  });

  test('survives a server that is away for less than its deadline', async () => {
    const { api, clock, candidate } = setUp();
    const a = candidate('a');
    await clock.advance(0);
    api.before = () => {
      throw new ConnectionError('refused');
    };
    await clock.advance(24_000);
    api.before = () => undefined;
    await clock.advance(60_000);
    expect(a.state.leads).toBe(true);
    a.stop();
    await a.running;
  });

  test('that was frozen knows at once that its time is over', async () => {
    const { clock, candidate, process, freeze } = setUp();
    const a = candidate('a', { clock: process });
    await clock.advance(0);
    expect(a.election.holds()).toBe(true);
    freeze(30_000);
    expect(a.election.holds()).toBe(false);
    a.stop();
    await a.running;
  });

  test('counts its time from when it asked, not from when it was answered', async () => {
    const { api, clock, candidate } = setUp();
    const answered = Promise.withResolvers<void>();
    api.after = ({ verb }) => (verb === 'create' ? answered.promise : undefined);
    const a = candidate('a');
    await clock.advance(9_000);
    answered.resolve();
    await clock.advance(0);
    api.before = () => {
      throw new ConnectionError('refused');
    };
    await clock.advance(20_999);
    expect(a.state.leads).toBe(true);
    await clock.advance(1);
    expect(a.state.leads).toBe(false);
    await a.running;
  });

  test('whose work fails passes the failure on, and hands the lease back', async () => {
    const { api, clock, holder } = setUp();
    const election = createElection({
      ...key,
      client: api.client,
      clock,
      log: recordingLog(),
      identity: 'a',
      leaseDurationMs: 35_000,
      renewDeadlineMs: 30_000,
      retryPeriodMs: 5_000,
    });
    const failed = election.whileLeading(() => Promise.reject(new Error('a port is taken')), new AbortController().signal);
    await expect(failed).rejects.toThrow('a port is taken');
    expect(holder()).toBe('');
    expect(clock.pending).toBe(0);
  });
});

describe('the name of the lease', () => {
  test('is upstream’s, and each shard has its own', () => {
    expect(leaseName('source-controller')).toBe('source-controller-leader-election');
    const shards = ['shard=a', 'shard=b'].map((selector) => leaseName('source-controller', selector));
    expect(new Set(shards).size).toBe(2);
    for (const name of shards) expect(name).toMatch(/^source-controller-leader-election-[0-9a-f]{8}$/);
  });
});
