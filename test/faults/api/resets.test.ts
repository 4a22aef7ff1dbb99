import { describe, expect, test } from 'vitest';
import { faultBed } from './bed.ts';

const calls = ['get', 'list', 'create', 'update', 'patch', 'apply', 'delete'] as const;

describe('connections that break', () => {
  test('on a tenth of the calls, before the server hears of them or after it has carried them out', async ({ annotate }) => {
    await using bed = await faultBed();
    const before = bed.proxy.inject({ name: 'reset', verbs: calls, probability: 0.1, action: { kind: 'reset' } });
    const after = bed.proxy.inject({ name: 'lost', verbs: calls, probability: 0.1, action: { kind: 'lose-response' } });
    await bed.createWidgets(30);
    await bed.converged({ timeoutMs: 20_000 });
    await bed.updateWidgets({ content: 'second' });
    await bed.converged({ timeoutMs: 20_000 });
    expect(before.hits).toBeGreaterThan(10);
    expect(after.hits).toBeGreaterThan(10);
    before[Symbol.dispose]();
    after[Symbol.dispose]();
    await bed.updateWidgets({ content: 'third' });
    await annotate(await bed.settle({ changes: 3 }));
  });

  test('all over, watches as well, one every 50 ms', async ({ annotate }) => {
    await using bed = await faultBed();
    await bed.createWidgets(30);
    const cutting = bed.proxy.resetAtRandom({ everyMs: 50 });
    await bed.converged({ timeoutMs: 30_000 });
    await bed.updateWidgets({ content: 'second' });
    await bed.converged({ timeoutMs: 30_000 });
    await bed.updateWidgets({ content: 'third' });
    cutting[Symbol.dispose]();
    expect(cutting.cut).toBeGreaterThan(5);
    await annotate(await bed.settle({ changes: 3 }));
  });

  test('in the middle of an answer, by a reset or by an orderly end', async ({ annotate }) => {
    await using bed = await faultBed();
    const halves = (['reset', 'half-close'] as const).map((ending) =>
      bed.proxy.inject({ name: ending, verbs: calls, probability: 0.1, action: { kind: 'truncate', afterBytes: 100, ending } }),
    );
    await bed.createWidgets(30);
    await bed.converged({ timeoutMs: 20_000 });
    await bed.updateWidgets({ content: 'second' });
    for (const half of halves) half[Symbol.dispose]();
    await annotate(await bed.settle({ changes: 2 }));
  });

  test('never, but are not answered: no worker waits for longer than a call may take', async ({ annotate }) => {
    await using bed = await faultBed({ client: { timeoutMs: 500 }, concurrency: 4 });
    const hole = bed.proxy.inject({ name: 'hole', verbs: calls, probability: 0.1, action: { kind: 'black-hole' } });
    const first = ({ ofPath }: { readonly ofPath: number }) => ofPath === 1;
    await bed.createWidgets(30);
    await bed.converged({ timeoutMs: 20_000 });
    using watchHole = bed.proxy.inject({ name: 'hole', verbs: ['watch'], calls: first, action: { kind: 'black-hole' } });
    expect(bed.proxy.breakWatches()).toBe(2);
    await bed.updateWidgets({ content: 'second' });
    await bed.converged({ timeoutMs: 20_000 });
    expect(watchHole.hits).toBe(2);
    await bed.updateWidgets({ content: 'third' });
    hole[Symbol.dispose]();
    await annotate(await bed.settle({ changes: 3 }));
  });
});
