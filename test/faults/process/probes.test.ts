import { setTimeout as delay } from 'node:timers/promises';
import { startControlPlane } from '@gotk/testkit';
import { expect, test } from 'vitest';
import { createBed } from '../subject.ts';
import { startWidgetController } from '../widget-controller.ts';

const election = { leaseDurationMs: 60_000, renewDeadlineMs: 50_000, retryPeriodMs: 1_000 };
const LOST = 'the API server does not answer';
/** A probe that found the server well, and the next one; the kubelet's are 10 s apart. */
const PERIOD_MS = 6_000;

test('a frozen API server shows in the next probe of leader and follower alike, at once; /healthz has no part in it', async ({
  annotate,
}) => {
  await using controlPlane = await startControlPlane({ controllerManager: false });
  const { kubeconfigPath } = controlPlane;
  await using bed = await createBed({ kubeconfigPath });
  const start = async (instance: string) => {
    const listening = Promise.withResolvers<string>();
    const manager = {
      instance,
      healthAddress: '127.0.0.1:0',
      onListening: (_server: string, url: string) => listening.resolve(url),
      election: { ...election, namespace: bed.namespace },
    };
    const { namespace } = bed;
    const { stop } = await startWidgetController({ kubeconfigPath, namespace, manager });
    return { url: await listening.promise, [Symbol.asyncDispose]: stop };
  };
  await using leader = await start('leader');
  await using follower = await start('follower');
  const probe = async (path: string) =>
    Promise.all([leader, follower].map(async ({ url }) => (await fetch(`${url}${path}`, { signal: AbortSignal.timeout(1_000) })).text()));

  await expect.poll(() => probe('/readyz'), { timeout: 10_000 }).toEqual(['ok', 'ok']);
  controlPlane.pause('kube-apiserver');
  await delay(PERIOD_MS);
  const askedAt = performance.now();
  expect(await probe('/readyz')).toEqual([LOST, LOST]);
  await annotate(`the probe after the freeze was answered within ${Math.round(performance.now() - askedAt)} ms`);
  expect(performance.now() - askedAt).toBeLessThan(500);
  expect(await probe('/healthz')).toEqual(['ok', 'ok']);

  controlPlane.resume('kube-apiserver');
  const resumedAt = performance.now();
  await expect.poll(() => probe('/readyz'), { timeout: 10_000, interval: 100 }).toEqual(['ok', 'ok']);
  await annotate(`ready again ${Math.round(performance.now() - resumedAt)} ms after the server went on`);

  // Frozen between two probes of which the first comes when nobody has noticed yet.
  controlPlane.pause('kube-apiserver');
  const frozenAt = performance.now();
  await expect.poll(() => probe('/readyz'), { timeout: 10_000, interval: 100 }).toEqual([LOST, LOST]);
  await annotate(`with probes all the time, lost ${Math.round(performance.now() - frozenAt)} ms after the server froze`);
  expect(performance.now() - frozenAt).toBeLessThan(5_000);
  controlPlane.resume('kube-apiserver');
  await expect.poll(() => probe('/readyz'), { timeout: 10_000, interval: 100 }).toEqual(['ok', 'ok']);
});
