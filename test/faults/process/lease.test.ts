import { describe, expect, inject, test } from 'vitest';
import { type Bed, createBed } from '../subject.ts';
import { auditedRequests, createdTwice, writesAmong } from './audit-log.ts';
import { names, updateInsistently } from './insistent-user.ts';
import { leaseOf, leases } from './lease.ts';
import type {} from './provided.ts';
import { type SubjectProcess, startSubjectProcess } from './subject-process.ts';

// F13 and F14, with a lease a tenth as long as in the contract.
const LEASE_MS = 3_000;
const RENEW_MS = 2_000;
const RETRY_MS = 500;
/** For a machine that does other things as well. */
const SLACK_MS = 6_000;

const kubeconfigPath = inject('kubeconfigPath');
const replica = (bed: Bed, name: string): SubjectProcess =>
  startSubjectProcess({
    kubeconfigPath,
    namespace: bed.namespace,
    client: { userAgent: name },
    manager: {
      instance: name,
      election: { namespace: bed.namespace, leaseDurationMs: LEASE_MS, renewDeadlineMs: RENEW_MS, retryPeriodMs: RETRY_MS },
    },
  });
const requestsOf = (bed: Bed, userAgent: string) => auditedRequests(inject('auditLog'), { namespace: bed.namespace, userAgent });

/** `first` leads and everything is as wanted; `second` waits. */
async function twoReplicas(count: number) {
  const stack = new AsyncDisposableStack();
  const bed = stack.use(await createBed({ kubeconfigPath }));
  const first = stack.use(replica(bed, 'first'));
  await first.untilLogged('elected leader');
  const second = stack.use(replica(bed, 'second'));
  await bed.createWidgets(count);
  await bed.converged({ timeoutMs: 20_000 });
  return { bed, first, second, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** A user who changes widgets all the time, so that there is always a run in progress. */
function keepChanging(bed: Bed, count: number) {
  let going = true;
  const done = (async () => {
    for (let round = 1; going; round++) await updateInsistently(bed, names('web', count), { content: `round-${round}` });
  })();
  return {
    stop() {
      going = false;
      return done;
    },
  };
}

describe('a leader', () => {
  test('that was frozen for longer than its lease writes nothing once another leads, and ends with an error', async ({ annotate }) => {
    await using at = await twoReplicas(10);
    const { bed, first, second } = at;
    const user = keepChanging(bed, 10);
    await first.untilRuns(first.runs.length + 5);

    await first.freeze();
    const [frozenAt, frozenAtMs] = [performance.now(), Date.now()];
    await second.untilLogged('elected leader', { timeoutMs: LEASE_MS + RETRY_MS + SLACK_MS });
    await annotate(`the other took over ${Math.round(performance.now() - frozenAt)} ms after the freeze`);
    await second.untilRuns(5);
    const thawedAtMs = Date.now();
    first.send('SIGCONT');
    expect(await first.exit()).toBe(1);
    expect(first.log).not.toMatch(/unhandled|uncaught/i);
    await user.stop();
    await bed.converged();

    const writes = writesAmong(await requestsOf(bed, 'first'));
    // What it sent last may have reached the server, or been carried out, while it was frozen already.
    expect(writes.filter(({ atMs }) => atMs > frozenAtMs + RENEW_MS && atMs < thawedAtMs)).toEqual([]);
    // Asking for the lease once more is no harm: the server refuses whoever has an old view of it.
    const late = writes.filter(({ atMs }) => atMs >= thawedAtMs);
    expect(late.filter(({ resource, status }) => resource !== 'leases' || status < 400)).toEqual([]);
    expect(createdTwice([...(await requestsOf(bed, 'first')), ...(await requestsOf(bed, 'second'))])).toEqual([]);
  });

  test('whose lease somebody takes stops at its next renewal, and nobody else begins before the new holder is overdue', async ({
    annotate,
  }) => {
    await using at = await twoReplicas(5);
    const { bed, first, second } = at;
    const user = keepChanging(bed, 5);
    const lease = await leaseOf(bed);

    const renewTime = new Date().toISOString().replace('Z', '000Z');
    const spec = { ...lease.spec, holderIdentity: 'somebody-else', renewTime };
    const patch = { type: 'merge', body: { spec } } as const;
    const key = { namespace: bed.namespace, name: lease.metadata.name };
    await bed.client.patch(leases, { key, patch }, { signal: AbortSignal.timeout(5_000) });
    const stolenAt = performance.now();
    expect(await first.exit()).toBe(1);
    const [gaveUpMs, gaveUpAtMs] = [performance.now() - stolenAt, Date.now()];
    expect(gaveUpMs).toBeLessThan(RETRY_MS + SLACK_MS);
    expect(second.runs).toEqual([]);

    await second.untilLogged('elected leader', { timeoutMs: LEASE_MS + RETRY_MS + SLACK_MS });
    const tookOverMs = performance.now() - stolenAt;
    expect(tookOverMs).toBeGreaterThan(LEASE_MS - RETRY_MS);
    await user.stop();
    await bed.converged();
    await annotate(`gave up after ${Math.round(gaveUpMs)} ms, the next leader began after ${Math.round(tookOverMs)} ms`);
    const late = writesAmong(await requestsOf(bed, 'first')).filter(({ atMs, status }) => atMs > gaveUpAtMs && status < 400);
    expect(late).toEqual([]);
  });

  test('that ends at SIGTERM hands its lease over, with 0 and within five seconds', async ({ annotate }) => {
    await using at = await twoReplicas(10);
    const { bed, first, second } = at;
    const user = keepChanging(bed, 10);
    await first.untilRuns(first.runs.length + 5);

    const askedAt = performance.now();
    first.send('SIGTERM');
    await second.untilRuns(1);
    const tookOverMs = performance.now() - askedAt;
    expect(await first.exit()).toBe(0);
    await annotate(`the other's first run came ${Math.round(tookOverMs)} ms after SIGTERM`);
    expect(tookOverMs).toBeLessThan(5_000);
    await user.stop();
    await bed.converged();
    expect(createdTwice([...(await requestsOf(bed, 'first')), ...(await requestsOf(bed, 'second'))])).toEqual([]);
  });

  test('that is killed is followed by another when its lease is over', async ({ annotate }) => {
    await using at = await twoReplicas(10);
    const { bed, first, second } = at;
    const user = keepChanging(bed, 10);
    await first.untilRuns(first.runs.length + 5);

    first.send('SIGKILL');
    const killedAt = performance.now();
    await second.untilRuns(1);
    const tookOverMs = performance.now() - killedAt;
    await annotate(`the other's first run came ${Math.round(tookOverMs)} ms after SIGKILL`);
    expect(tookOverMs).toBeLessThan(LEASE_MS + RETRY_MS + SLACK_MS);
    await user.stop();
    await bed.converged();
    expect(createdTwice([...(await requestsOf(bed, 'first')), ...(await requestsOf(bed, 'second'))])).toEqual([]);
  });
});
