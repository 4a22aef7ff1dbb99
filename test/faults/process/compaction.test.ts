import type { KubeObject } from '@gotk/apimachinery';
import { heapAfterCollection } from '@gotk/apimachinery/garbage';
import { type ControlPlane, type FaultProxy, type RequestRecord, startControlPlane, startFaultProxy } from '@gotk/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Subject, startSubject } from '../subject.ts';
import { configMaps, widgets } from '../widget.ts';
import { auditedRequests, createdTwice } from './audit-log.ts';
import { createInsistently, names, updateInsistently } from './insistent-user.ts';

// F3. Without its watch cache the API server answers for etcd: what was compacted there is gone here.
let controlPlane: ControlPlane;
let proxy: FaultProxy;
beforeAll(async () => {
  controlPlane = await startControlPlane({ controllerManager: false, audit: 'everybody', apiServerFlags: ['--watch-cache=false'] });
  proxy = await startFaultProxy({ connection: controlPlane.connection });
});
afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  await controlPlane[Symbol.asyncDispose]();
});

const MIB = 2 ** 20;
const COUNT = 30;
const ROUNDS = 3;
const CONVERGE_MS = 60_000;
const within = () => AbortSignal.timeout(10_000);

/** Takes a widget away for good, as if the controller had finalized it long ago: all that is left to see is that it is not there. */
async function removeByForce({ client, namespace }: Subject, name: string): Promise<void> {
  const key = { namespace, name };
  const patch = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
  await client.patch(widgets, { key, patch }, { signal: within() });
  await client.delete(widgets, key, { signal: within() });
}

const uidsIn = (objects: readonly KubeObject[]): readonly (string | undefined)[] => objects.map(({ metadata }) => metadata.uid).sort();

test('a history that is compacted while watches are cut is listed anew: no change is missed, no deletion either', {
  timeout: ROUNDS * CONVERGE_MS,
}, async ({ annotate }) => {
  const { kubeconfigPath } = controlPlane;
  await using subject = await startSubject({ kubeconfigPath, controllerKubeconfigPath: proxy.kubeconfigPath });
  const { client, namespace, controller } = subject;
  await subject.createWidgets(COUNT);
  await createInsistently(subject, names('empty', ROUNDS), { parts: 0 });
  await subject.converged();
  const deletePart = (name: string) => client.delete(configMaps, { namespace, name }, { signal: within() });
  const heldBefore = await heapAfterCollection();
  // The API server says so by an ERROR event within the watch: what shows is that everything is asked for anew, as a list or streamed.
  const isFilling = ({ verb, query, status }: RequestRecord) =>
    status === 200 && (verb === 'list' || (verb === 'watch' && query.includes('sendInitialEvents=true')));
  const fillings = () => proxy.trace.records.filter((request) => request.resource === 'widgets' && isFilling(request)).length;
  const times: number[] = [];

  for (let round = 1; round <= ROUNDS; round++) {
    const cut = proxy.inject({ name: 'cut', verbs: ['watch'], action: { kind: 'reset' } });
    expect(proxy.breakWatches()).toBeGreaterThanOrEqual(2);
    // A part that somebody deletes, a widget that goes for good, and one that goes and comes back as another.
    await Promise.all([
      createInsistently(subject, names(`round-${round}`, 3)),
      updateInsistently(subject, names('web', 5 * round).slice(-5), { content: `round-${round}` }),
      deletePart(`web-${15 + round}-0`),
      removeByForce(subject, `empty-${round - 1}`),
      removeByForce(subject, `web-${25 + round}`).then(() => createInsistently(subject, [`web-${25 + round}`], { content: 'another' })),
    ]);
    await controlPlane.compact();
    cut[Symbol.dispose]();
    const healedAt = performance.now();
    await subject.converged({ timeoutMs: CONVERGE_MS });
    times.push(Math.round(performance.now() - healedAt));
    await expect
      .poll(() => uidsIn(controller.manager.informer(widgets).list()), { timeout: 10_000 })
      .toEqual(uidsIn(await subject.widgets()));
    expect(fillings()).toBe(1 + round);
  }

  await annotate(`converged ${times.join(', ')} ms after the watches were let through`);
  const requests = await auditedRequests(controlPlane.auditLog ?? '', { namespace, userAgent: 'widget-controller' });
  expect(createdTwice(requests)).toEqual(Array.from({ length: ROUNDS }, (_, index) => `web-${16 + index}-0`));
  expect(((await heapAfterCollection()) - heldBefore) / MIB).toBeLessThan(10);
});
