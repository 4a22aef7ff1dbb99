import { setTimeout as delay } from 'node:timers/promises';
import { keyOf } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { widgets } from '../widget.ts';
import { faultBed } from './bed.ts';

describe('conflicts', () => {
  test('on the first write of each path are answered by reading again: no status is lost', async ({ annotate }) => {
    await using bed = await faultBed();
    const first = ({ ofPath }: { readonly ofPath: number }) => ofPath === 1;
    const fault = bed.proxy.inject({
      name: '409',
      verbs: ['patch', 'apply', 'update'],
      calls: first,
      action: { kind: 'answer', status: 409 },
    });
    await bed.createWidgets(30);
    await annotate(await bed.settle({ changes: 1 }));
    // The finalizer, the status, and two ConfigMaps of each widget.
    expect(fault.hits).toBeGreaterThanOrEqual(30 * 4);
  });

  test('with another writer of metadata and status are won in the end, and what the other wrote is kept', async ({ annotate }) => {
    await using bed = await faultBed();
    await bed.createWidgets(30);
    const stop = new AbortController();
    const hammering = hammer(bed, stop.signal);
    await bed.converged();
    await bed.updateWidgets({ content: 'second' });
    await bed.converged();
    await bed.updateWidgets({ content: 'third' });
    await delay(500);
    stop.abort();
    const rounds = await hammering;
    expect(rounds).toBeGreaterThan(3);
    await annotate(await bed.settle({ changes: 3 }));
    for (const { metadata, status } of await bed.widgets()) {
      expect(metadata.annotations).toEqual({ round: String(rounds) });
      expect(status?.conditions?.find(({ type }) => type === 'Foreign')).toMatchObject({ message: 'as it was' });
    }
  });

  test('with a condition that somebody else adds while our status is on its way: both are there in the end', async ({ annotate }) => {
    await using bed = await faultBed();
    await bed.createWidgets(8);
    await bed.converged();
    const slow = bed.proxy.inject({ name: 'slow', resources: ['widgets/status'], action: { kind: 'delay', ms: 500 } });
    await bed.updateWidgets({ content: 'second' });
    await expect.poll(() => slow.hits, { timeout: 10_000, interval: 10 }).toBe(8);
    const signal = AbortSignal.timeout(10_000);
    await Promise.all((await bed.widgets()).map(({ metadata }) => addCondition(bed, metadata.name, signal)));
    slow[Symbol.dispose]();
    await annotate(await bed.settle({ changes: 2 }));
    for (const { status } of await bed.widgets())
      expect(status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual(
        expect.arrayContaining(['Foreign=True', 'Ready=True']),
      );
  });

  test('that never end for one object leave the others alone', async () => {
    await using bed = await faultBed({ concurrency: 4 });
    const fault = bed.proxy.inject({
      name: '409',
      path: /widgets\/web-0(\/|\?|$)/,
      verbs: ['patch'],
      action: { kind: 'answer', status: 409 },
    });
    await bed.createWidgets(30);
    const ready = async () => (await bed.widgets()).filter(({ status }) => status?.observedGeneration === 1).length;
    await expect.poll(ready, { timeout: 10_000 }).toBe(29);
    await delay(1_000);
    fault[Symbol.dispose]();
    await bed.settle({ changes: 1, limitMs: 10_000 });
  });
});

/** Writes an annotation and a condition of its own on every widget, round after round. Resolves with the number of rounds. */
async function hammer(bed: Awaited<ReturnType<typeof faultBed>>, stop: AbortSignal): Promise<number> {
  let rounds = 0;
  const signal = AbortSignal.timeout(60_000);
  while (!stop.aborted) {
    rounds += 1;
    const present = await bed.widgets();
    await Promise.all(
      present.map(async (widget) => {
        const patch = { type: 'merge', body: { metadata: { annotations: { round: String(rounds) } } } } as const;
        await bed.client.patch(widgets, { key: keyOf(widget), patch }, { signal });
        await addCondition(bed, widget.metadata.name, signal);
      }),
    );
  }
  return rounds;
}

/** As a polite writer would: on what it has read, or else not at all. */
async function addCondition({ client, namespace }: Awaited<ReturnType<typeof faultBed>>, name: string, signal: AbortSignal): Promise<void> {
  const { status, metadata } = await client.get(widgets, { namespace, name }, { signal });
  const others = (status?.conditions ?? []).filter(({ type }) => type !== 'Foreign');
  const foreign = { type: 'Foreign', status: 'True', reason: 'Test', message: 'as it was', lastTransitionTime: new Date().toISOString() };
  const body = { metadata: { resourceVersion: metadata.resourceVersion }, status: { conditions: [...others, foreign] } };
  await client
    .patch(widgets, { key: { namespace, name }, patch: { type: 'merge', body } }, { signal, subresource: 'status' })
    .catch(() => undefined);
}
