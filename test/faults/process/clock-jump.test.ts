import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, systemClock } from '@gotk/apimachinery';
import { createKubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { createManager, type Logger } from '@gotk/runtime';
import { atRest, eventually } from '@gotk/testkit';
import { expect, inject, test } from 'vitest';
import { createBed } from '../subject.ts';
import { isReady, widgets } from '../widget.ts';
import { startWidgetController } from '../widget-controller.ts';
import { auditedRequests, createdTwice, writesAmong } from './audit-log.ts';
import { leaseOf } from './lease.ts';
import type {} from './provided.ts';

const kubeconfigPath = inject('kubeconfigPath');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
// An object that would run more than once a second for long is held up: five seconds of this are within its credit.
const INTERVAL_MS = 500;
const JUMPS_MS = [10 * MINUTE_MS, -10 * MINUTE_MS, DAY_MS, -DAY_MS, 0];

/** A machine whose wall clock somebody sets; its monotonic clock and its timers know nothing of that. */
function adjustableClock() {
  let aheadMs = 0;
  return {
    clock: { ...systemClock, now: () => Date.now() + aheadMs } satisfies Clock,
    set(ms: number) {
      aheadMs = ms;
    },
  };
}

const silent: Logger = { debug: () => undefined, info: () => undefined, error: () => undefined, with: () => silent };

test('whatever the wall clock is set to, the leader leads, and work is done as ever', async ({ annotate }) => {
  const { clock, set } = adjustableClock();
  await using stack = new AsyncDisposableStack();
  const bed = stack.use(await createBed({ kubeconfigPath }));
  const { namespace } = bed;
  const election = { namespace, leaseDurationMs: 2_000, renewDeadlineMs: 1_500, retryPeriodMs: 250 };
  const replica = async (instance: string, options: { readonly clock: Clock; readonly onRun: () => void }) => {
    const { onRun } = options;
    const controller = await startWidgetController({
      kubeconfigPath,
      namespace,
      onRun,
      client: { clock: options.clock },
      manager: { instance, clock: options.clock, election },
    });
    stack.defer(() => controller.stop());
    return controller;
  };
  let rivalRuns = 0;
  await replica('jumping', { clock, onRun: () => undefined });
  await eventually(async () => expect((await leaseOf(bed)).spec.holderIdentity).toMatch(/^jumping_/));
  // Its clock is right, and it waits for the lease to run out.
  await replica('rival', { clock: systemClock, onRun: () => (rivalRuns += 1) });
  await bed.createWidgets(20);
  await bed.converged();

  const took: number[] = [];
  for (const jump of JUMPS_MS) {
    set(jump);
    await bed.updateWidgets({ content: `at ${jump}` });
    took.push(Math.round(await bed.converged({ timeoutMs: 10_000 })));
    // Longer than a renewal takes to come; all jumps together take longer than the lease.
    await delay(500);
    expect(Math.abs(Date.parse((await leaseOf(bed)).spec.renewTime) - clock.now())).toBeLessThan(2_000);
  }
  await annotate(`converged ${took.join(', ')} ms after the clock was set`);
  expect((await leaseOf(bed)).spec.holderIdentity).toMatch(/^jumping_/);
  expect(rivalRuns).toBe(0);
  expect(createdTwice(await auditedRequests(inject('auditLog'), { namespace, userAgent: 'widget-controller' }))).toEqual([]);
});

test('whatever the wall clock is set to, an object runs at its interval, and nothing is written for it', async () => {
  const { clock, set } = adjustableClock();
  const userAgent = 'ticking/1';
  await using stack = new AsyncDisposableStack();
  const bed = stack.use(await createBed({ kubeconfigPath }));
  const { namespace } = bed;
  const connection = await loadConnection({ kubeconfigPath });
  const client = createKubeClient({ connection, userAgent, clock });
  stack.defer(() => client.close());
  const manager = createManager({ name: 'ticking', instance: 'test', client, clock, log: silent, watchNamespace: namespace });
  let runs = 0;
  manager.add({
    name: 'widget',
    resource: widgets,
    triggers: [],
    concurrency: 1,
    async reconcile() {
      runs += 1;
      return { reason: 'Succeeded', message: 'ticked', againMs: INTERVAL_MS };
    },
    finalize: () => Promise.resolve(),
  });
  const stop = new AbortController();
  const running = manager.run(stop.signal);
  stack.defer(async () => {
    await bed.deleteWidgets();
    await expect.poll(() => bed.widgets(), { timeout: 10_000 }).toEqual([]);
    stop.abort();
    await running;
  });
  await bed.createWidgets(1);
  await expect.poll(async () => (await bed.widgets()).filter(isReady), { timeout: 20_000 }).toHaveLength(1);
  const writes = async () => writesAmong(await auditedRequests(inject('auditLog'), { namespace, userAgent }));
  const writesBefore = await atRest(writes);

  const perJump: number[] = [];
  for (const jump of JUMPS_MS) {
    const before = runs;
    set(jump);
    await delay(2 * INTERVAL_MS);
    perJump.push(runs - before);
  }
  // Two in each, give or take one on a busy machine: neither a burst nor a silence.
  for (const count of perJump) expect([1, 2, 3]).toContain(count);
  expect((await writes()).slice(writesBefore.length)).toEqual([]);
});
