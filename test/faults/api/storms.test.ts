import { setTimeout as delay } from 'node:timers/promises';
import type { ApiVerb } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';
import { type FaultBed, faultBed } from './bed.ts';

const STORM_MS = 3_000;
const RECOVERY_MS = 10_000;

describe('a server that', () => {
  test('asks everybody to come back in a second is asked no more than that, and is worked with again within 10 s', async ({ annotate }) => {
    await using bed = await faultBed();
    await bed.createWidgets(30);
    await bed.converged();
    const before = bed.requests().length;
    const began = performance.now();
    const storm = bed.proxy.inject({ name: '429', action: { kind: 'answer', status: 429, retryAfterSeconds: 1 } });
    bed.proxy.breakWatches();
    await bed.updateWidgets({ content: 'second' });
    await delay(STORM_MS);
    storm[Symbol.dispose]();
    const met = bed.requests().slice(before);
    expect(storm.hits).toBeGreaterThan(2);
    // Two informers, eight workers and the events, each once a second.
    expect(met.length).toBeLessThan((11 * (performance.now() - began)) / 1_000 + 11);
    await annotate(await bed.settle({ changes: 2, limitMs: RECOVERY_MS }));
  });

  test('can take nothing but reads is not hammered, and is worked with again within 10 s', async ({ annotate }) => {
    await using bed = await faultBed();
    await bed.createWidgets(30);
    await bed.converged();
    const before = bed.requests().length;
    const writes = ['apply', 'patch', 'create', 'delete'] as const;
    const began = performance.now();
    const storm = bed.proxy.inject({ name: '429', verbs: writes, action: { kind: 'answer', status: 429, retryAfterSeconds: 1 } });
    await bed.updateWidgets({ content: 'second' });
    await delay(STORM_MS);
    storm[Symbol.dispose]();
    const writesMet = bed
      .requests()
      .slice(before)
      .filter(({ fault }) => fault === '429');
    expect(storm.hits).toBeGreaterThan(8);
    // Eight workers and the events, each once a second, and once more while the storm is being ended.
    expect(writesMet.length).toBeLessThanOrEqual(9 * ((performance.now() - began) / 1_000 + 2));
    await annotate(await bed.settle({ changes: 2, limitMs: RECOVERY_MS }));
  });

  test('answers everything with one or another 5xx is not hammered, and is worked with again within 10 s', async ({ annotate }) => {
    await using bed = await faultBed();
    await bed.createWidgets(30);
    await bed.converged();
    const before = bed.requests().length;
    const began = performance.now();
    const storm = inject5xx(bed);
    bed.proxy.breakWatches();
    await bed.updateWidgets({ content: 'second' });
    await delay(STORM_MS);
    storm[Symbol.dispose]();
    const seconds = (performance.now() - began) / 1_000;
    // The watches are broken, so nobody hears of the update: two informers, once a second at most. Events of what was done before may still be on their way.
    const asked = bed
      .requests()
      .slice(before)
      .filter(({ verb }) => verb === 'watch' || verb === 'list');
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(asked.length).toBeLessThan(2 * seconds + 4);
    await annotate(await bed.settle({ changes: 2, limitMs: RECOVERY_MS }));
  });

  test('answers all writes with one or another 5xx is not hammered, and is worked with again within 10 s', async ({ annotate }) => {
    await using bed = await faultBed();
    await bed.createWidgets(30);
    await bed.converged();
    const before = bed.requests().length;
    const storm = inject5xx(bed, ['apply', 'patch', 'create', 'delete']);
    await bed.updateWidgets({ content: 'second' });
    await delay(STORM_MS);
    storm[Symbol.dispose]();
    const met = bed.requests().length - before;
    expect(met).toBeGreaterThan(30);
    // Each object after 100 ms, 200, 400 … and 2 s at last; the apply, the status and an event fail each time.
    expect(met).toBeLessThan(30 * 3 * 7);
    await annotate(await bed.settle({ changes: 2, limitMs: RECOVERY_MS }));
  });

  test('takes no ConfigMap, for whatever reason, is asked less and less often for each object', async ({ annotate }) => {
    await using bed = await faultBed();
    const refused = bed.proxy.inject({ name: '422', verbs: ['apply'], action: { kind: 'answer', status: 422 } });
    await bed.createWidgets(30);
    await expect.poll(() => bed.runs.size, { timeout: 10_000 }).toBe(30);
    await delay(STORM_MS);
    const most = Math.max(...bed.runs.values());
    refused[Symbol.dispose]();
    // After 100 ms, 200, 400, 800, 1600: six runs in three seconds, and a fifth less between them at best.
    expect(most).toBeGreaterThan(3);
    expect(most).toBeLessThanOrEqual(8);
    await annotate(await bed.settle({ changes: 1, limitMs: RECOVERY_MS }));
  });
});

function inject5xx({ proxy }: FaultBed, verbs?: readonly ApiVerb[]): Disposable {
  const stack = new DisposableStack();
  for (const [remainder, status] of [500, 503, 504].entries()) {
    // Each fault sees what those before it have let pass.
    const calls = ({ overall }: { readonly overall: number }) => overall % (3 - remainder) === 0;
    stack.use(proxy.inject({ name: String(status), action: { kind: 'answer', status }, calls, ...(verbs === undefined ? {} : { verbs }) }));
  }
  return stack;
}
