import { setTimeout as delay } from 'node:timers/promises';
import type { Intrusion } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { configMaps, UID_LABEL, type Widget, widgets } from '../widget.ts';
import { type FaultBed, faultBed } from './bed.ts';

const STALLED_MS = 1_500;
const within = () => AbortSignal.timeout(10_000);

/** Somebody changes one ConfigMap and deletes another. */
async function drift({ client, namespace }: FaultBed): Promise<void> {
  const patch = { type: 'merge', body: { data: { content: 'somebody else' } } } as const;
  await client.patch(configMaps, { key: { namespace, name: 'web-0-0' }, patch }, { signal: within() });
  await client.delete(configMaps, { namespace, name: 'web-1-0' }, { signal: within() });
}

describe('watches that', () => {
  test('go silent are given up, and what was changed meanwhile is acted on', async ({ annotate }) => {
    await using bed = await faultBed({ manager: { watchStalledAfterMs: STALLED_MS } });
    await bed.createWidgets(30);
    await bed.converged();
    const dead = bed.proxy.holdWatches({ events: 'swallow', watches: 'open' });
    const silencedMs = Date.now();
    expect(dead.held).toBe(2);
    await bed.updateWidgets({ content: 'second' });
    await drift(bed);
    // The hold is never lifted: the watches that it holds are dead for good.
    await annotate(await bed.settle({ changes: 3, faultEndedMs: silencedMs, limitMs: STALLED_MS + 5_000 }));
    expect(dead.held).toBe(0);
  });

  test('lose their bookmarks lose nothing else', async ({ annotate }) => {
    await using bed = await faultBed({ manager: { watchStalledAfterMs: STALLED_MS } });
    using _hold = bed.proxy.holdWatches({ events: 'bookmarks', watches: 'all' });
    await bed.createWidgets(30);
    await bed.converged();
    await bed.updateWidgets({ content: 'second' });
    await delay(2 * STALLED_MS);
    await drift(bed);
    await annotate(await bed.settle({ changes: 3 }));
  });

  const intrusions: readonly Intrusion[] = ['garbage', 'half-an-event', 'duplicate', 'older-event', 'expired', 'huge-event'];
  const drifting = ['web-0-0', 'web-1-0'];

  // So many updates within seconds are the user's doing, and each is worth a run.
  const loopLimits = { runsPerSecond: 3 };

  test(`bring ${intrusions.join(', ')} in the middle of much to do miss nothing`, async ({ annotate }) => {
    await using bed = await faultBed();
    await bed.createWidgets(20);
    await bed.converged();
    for (const intrusion of intrusions) {
      await bed.updateWidgets({ content: intrusion });
      expect([intrusion, bed.proxy.intrude(intrusion)]).toEqual([intrusion, 2]);
      await drift(bed);
      await annotate(`${intrusion}: converged after ${Math.round(await bed.converged({ timeoutMs: 10_000 }))} ms`);
      await expect.poll(() => bed.proxy.openWatches(), { timeout: 10_000 }).toBe(2);
    }
    const updates = 1 + intrusions.length;
    const changes = (name: string) => (drifting.includes(name) ? updates + intrusions.length : updates);
    await bed.settle({ changes, loopLimits });
  });

  test(`bring ${intrusions.join(', ')} while nothing goes on change nothing, and miss nothing that comes after`, async () => {
    await using bed = await faultBed();
    await bed.createWidgets(20);
    for (const intrusion of intrusions) {
      await bed.updateWidgets({ content: intrusion });
      await bed.converged({ timeoutMs: 10_000 });
      await expect.poll(() => bed.proxy.openWatches(), { timeout: 10_000 }).toBe(2);
      await delay(200);
      expect([intrusion, bed.proxy.intrude(intrusion)]).toEqual([intrusion, 2]);
      await drift(bed);
      await bed.converged({ timeoutMs: 10_000 });
    }
    const updates = 1 + intrusions.length;
    const changes = (name: string) => (drifting.includes(name) ? updates + intrusions.length : updates);
    await bed.settle({ changes, loopLimits });
  });

  test('are broken off in the middle of an event go on from there', async ({ annotate }) => {
    await using bed = await faultBed();
    // Each fault sees what those before it have let pass: the first watch of each kind meets one, the second the other.
    const halves = (['reset', 'half-close'] as const).map((ending) =>
      bed.proxy.inject({
        name: ending,
        verbs: ['watch'],
        action: { kind: 'truncate', afterBytes: 5_000, ending },
        calls: ({ ofPath }) => ofPath === 1,
      }),
    );
    await bed.createWidgets(30);
    await bed.converged();
    await bed.updateWidgets({ content: 'second' });
    await drift(bed);
    await annotate(await bed.settle({ changes: 3 }));
    expect(halves.map(({ hits }) => hits)).toEqual([2, 2]);
  });
});

describe('what nobody saw happen', () => {
  test('widgets that were deleted and made anew under their names while events were held: the new ones are acted on', async ({
    annotate,
  }) => {
    await using bed = await faultBed();
    await bed.createWidgets(30, { parts: 3 });
    await bed.converged();
    const old = new Map((await bed.widgets()).map(({ metadata }) => [metadata.name, metadata.uid]));
    const hold = bed.proxy.holdWatches({ events: 'queue', watches: 'all' });
    await replaceAll(bed, { content: 'new', parts: 2 });
    await delay(500);
    hold[Symbol.dispose]();
    // Whoever sees the deletion before it sees the new widget takes the parts away once more; those of the new one are applied once and stay.
    await annotate(await bed.settle({ changes: 2, mayDelete: ({ resource }) => resource === 'configmaps' }));
    const now = new Map((await bed.widgets()).map(({ metadata }) => [metadata.name, metadata.uid]));
    expect(now.size).toBe(30);
    for (const { metadata } of await bed.configMaps()) {
      expect([...now.values()]).toContain(metadata.labels?.[UID_LABEL]);
      expect([...old.values()]).not.toContain(metadata.labels?.[UID_LABEL]);
    }
  });

  test('a widget that is deleted and made anew while its old self is being finalized: the new one keeps its parts', async ({
    annotate,
  }) => {
    await using bed = await faultBed();
    await bed.createWidgets(30);
    await bed.converged();
    // The deletion of the parts is under way for so long that user and finalizer overlap.
    const slow = bed.proxy.inject({ name: 'slow', verbs: ['delete'], resources: ['configmaps'], action: { kind: 'delay', ms: 500 } });
    await bed.deleteWidgets();
    await expect.poll(() => slow.hits, { timeout: 5_000, interval: 10 }).toBeGreaterThan(4);
    await replaceAll(bed, { content: 'new', parts: 2 });
    await bed.converged({ timeoutMs: 20_000 });
    slow[Symbol.dispose]();
    await annotate(await bed.settle({ changes: 2, mayDelete: ({ resource }) => resource === 'configmaps' }));
  });
});

/** Deletes every widget past its finalizer, as an impatient person does, and makes it anew under the same name. */
async function replaceAll({ client, namespace }: FaultBed, spec: Widget['spec']): Promise<void> {
  const { items } = await client.list(widgets, { namespace, signal: within() });
  await Promise.all(
    items.map(async ({ metadata: { name } }) => {
      const key = { namespace, name };
      const patch = { type: 'merge', body: { metadata: { finalizers: null } } } as const;
      const tolerant = () => undefined;
      await client.delete(widgets, key, { signal: within() }).catch(tolerant);
      await client.patch(widgets, { key, patch }, { signal: within() }).catch(tolerant);
      const metadata = { name, namespace };
      await client.create(widgets, { apiVersion: `${widgets.group}/v1`, kind: 'Widget', metadata, spec }, { signal: within() });
    }),
  );
}
