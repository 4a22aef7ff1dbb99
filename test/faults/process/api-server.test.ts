import { setTimeout as delay } from 'node:timers/promises';
import { heapAfterCollection } from '@gotk/apimachinery/garbage';
import { atRest, type ControlPlane, startControlPlane } from '@gotk/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Subject, startSubject } from '../subject.ts';
import { auditedRequests, createdTwice, writesAmong } from './audit-log.ts';
import { createInsistently, names, updateInsistently } from './insistent-user.ts';

// F1: a control plane of its own, because it is killed.
let controlPlane: ControlPlane;
beforeAll(async () => {
  controlPlane = await startControlPlane({ controllerManager: false, audit: 'everybody' });
});
afterAll(() => controlPlane[Symbol.asyncDispose]());

const MIB = 2 ** 20;
const CONVERGE_MS = 60_000;
const requestsOf = ({ namespace }: Subject) => auditedRequests(controlPlane.auditLog ?? '', { namespace, userAgent: 'widget-controller' });

async function uidsOf(subject: Subject): Promise<ReadonlyMap<string, string | undefined>> {
  return new Map((await subject.configMaps()).map(({ metadata }) => [metadata.name, metadata.uid]));
}

/** Once everything is as wanted, nothing is written any more. */
async function expectRest(subject: Subject): Promise<void> {
  const writes = async () => writesAmong(await requestsOf(subject)).filter(({ resource }) => resource !== 'events');
  const before = await atRest(writes);
  await delay(1_000);
  expect((await writes()).slice(before.length)).toEqual([]);
}

describe('kube-apiserver', () => {
  test('killed and started again while widgets are created and updated: all are reconciled, none twice', async ({ annotate }) => {
    await using subject = await startSubject({ kubeconfigPath: controlPlane.kubeconfigPath });
    await subject.createWidgets(20);
    await subject.converged();
    const [uids, heldBefore] = [await uidsOf(subject), await heapAfterCollection()];

    const user = Promise.all([
      createInsistently(subject, names('new', 20), { content: 'second' }),
      updateInsistently(subject, names('web', 20), { content: 'second' }),
    ]);
    await delay(100);
    await controlPlane.restart('kube-apiserver', { signal: 'SIGKILL', downMs: 1_000 });
    const backAt = performance.now();
    await user;
    await subject.converged({ timeoutMs: CONVERGE_MS });
    await annotate(`converged ${Math.round(performance.now() - backAt)} ms after the server was back`);

    const after = await uidsOf(subject);
    expect([...uids].filter(([name, uid]) => after.get(name) !== uid)).toEqual([]);
    expect(createdTwice(await requestsOf(subject))).toEqual([]);
    await expectRest(subject);
    expect(((await heapAfterCollection()) - heldBefore) / MIB).toBeLessThan(10);
  });

  test('frozen for ten seconds in the middle of an update: goes on where it was, and nobody is created twice', async ({ annotate }) => {
    await using subject = await startSubject({ kubeconfigPath: controlPlane.kubeconfigPath });
    await subject.createWidgets(20);
    await subject.converged();
    const uids = await uidsOf(subject);

    const user = Promise.all([
      createInsistently(subject, names('new', 10), { content: 'second' }),
      updateInsistently(subject, names('web', 20), { content: 'second' }),
    ]);
    await delay(100);
    controlPlane.pause('kube-apiserver');
    await delay(10_000);
    controlPlane.resume('kube-apiserver');
    const backAt = performance.now();
    await user;
    await subject.converged({ timeoutMs: CONVERGE_MS });
    await annotate(`converged ${Math.round(performance.now() - backAt)} ms after the server went on`);

    const after = await uidsOf(subject);
    expect([...uids].filter(([name, uid]) => after.get(name) !== uid)).toEqual([]);
    expect(createdTwice(await requestsOf(subject))).toEqual([]);
    await expectRest(subject);
  });
});
