import { describe, expect, test } from 'vitest';
import { configMaps } from '../widget.ts';
import { faultBed } from './bed.ts';

describe('a server that answers from the past', () => {
  test('with a list that does not change any more: nothing is deleted on its word, and what is true shows in the end', async ({
    annotate,
  }) => {
    await using bed = await faultBed();
    await bed.createWidgets(30, { parts: 3 });
    await bed.converged();
    // As a server that does not stream what there is, so that lists are asked for.
    using _noStreaming = bed.proxy.inject({ name: '422', path: /sendInitialEvents/, action: { kind: 'answer', status: 422 } });
    const frozen = bed.proxy.inject({ name: 'frozen', verbs: ['list'], action: { kind: 'freeze' } });
    const frozenGets = bed.proxy.inject({ name: 'frozen', verbs: ['get'], action: { kind: 'freeze' } });
    // Whoever lists now gets what the server will repeat from then on.
    expect(bed.proxy.intrude('expired')).toBe(2);
    await expect.poll(() => [frozen.hits, bed.proxy.openWatches()], { timeout: 10_000 }).toEqual([2, 2]);
    await bed.updateWidgets({ content: 'second', parts: 2 });
    await bed.converged();
    expect(frozen.hits).toBe(2);
    expect(bed.proxy.intrude('expired')).toBe(2);
    // What it lists now is older than what it has told before: it is asked again, and not believed.
    await expect.poll(() => frozen.hits, { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
    await bed.updateWidgets({ content: 'third' });
    frozen[Symbol.dispose]();
    frozenGets[Symbol.dispose]();
    const third = /-2$/;
    await annotate(await bed.settle({ changes: 3, mayDelete: ({ resource, name }) => resource === 'configmaps' && third.test(name) }));
  });

  test('and does not know yet what was just created: nothing is created twice, and every status is written', async ({ annotate }) => {
    await using bed = await faultBed();
    // Each object is unknown to the first request about it: the finalizer, then the status, of every widget.
    const unknown = bed.proxy.inject({
      name: '404',
      verbs: ['get', 'patch'],
      resources: ['widgets', 'widgets/status'],
      calls: ({ ofPath }) => ofPath === 1,
      action: { kind: 'answer', status: 404 },
    });
    await bed.createWidgets(30);
    await annotate(await bed.settle({ changes: 1 }));
    expect(unknown.hits).toBeGreaterThanOrEqual(60);
  });

  test('and knows no ConfigMap that was just applied: it is applied again, with the same result', async ({ annotate }) => {
    await using bed = await faultBed();
    const namespaceMissing = bed.proxy.inject({
      name: '404',
      verbs: ['apply', 'delete'],
      resources: ['configmaps'],
      calls: ({ ofPath }) => ofPath === 1,
      action: { kind: 'answer', status: 404 },
    });
    await bed.createWidgets(30);
    await bed.converged();
    await bed.client.delete(configMaps, { namespace: bed.namespace, name: 'web-0-0' }, { signal: AbortSignal.timeout(5_000) });
    await annotate(await bed.settle({ changes: 2 }));
    expect(namespaceMissing.hits).toBe(60);
  });
});
