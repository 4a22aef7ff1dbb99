import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { by, failure, poolBed } from '../../test/pool-bed.ts';

const MIB = 1024 * 1024;
const realTime = { clock: systemClock, size: 2, slowSize: 4, maxHeapMiB: 64, maxOffHeapMiB: 64, maxProcessMiB: 100_000 };

describe('memory', () => {
  test('of the heap ends the task that allocates for ever, and the next one works', async () => {
    await using bed = poolBed(realTime);
    expect(await failure(bed.pool.run('hoard', undefined, by('a/ill')))).toMatchObject({
      kind: 'memory',
      message: 'hoard needed more than 64 MiB of memory',
    });
    expect(await bed.pool.run('double', 21, by('a/sane'))).toBe(42);
  });

  test('of buffers, which no heap limit bounds, ends it as well', async () => {
    await using bed = poolBed(realTime);
    expect(await failure(bed.pool.run('hoardBuffers', undefined, by('a/ill')))).toMatchObject({
      kind: 'memory',
      message: 'hoardBuffers needed more than 64 MiB of memory for buffers',
    });
  });

  test('of the process ends the task that holds most', async () => {
    const maxProcessMiB = Math.ceil(process.memoryUsage.rss() / MIB) + 150;
    await using bed = poolBed({ ...realTime, maxHeapMiB: 2_000, maxOffHeapMiB: 2_000, maxProcessMiB });
    const modest = bed.pool.run('work', 2_000, by('a/sane'));
    expect(await failure(bed.pool.run('hoardBuffers', undefined, by('a/ill')))).toMatchObject({
      kind: 'memory',
      message: expect.stringMatching(
        `^hoardBuffers was ended because it held \\d+ MiB of memory, and the process more than ${maxProcessMiB} MiB$`,
      ),
    });
    expect(await modest).toBe(2_000);
  });

  // V8 ends the process when the heap is far beyond its limit after a native call.
  test('that one native call takes far beyond the limit does not end the process', async () => {
    await using bed = poolBed({ ...realTime, maxHeapMiB: 32 });
    const parsed = await failure(bed.pool.run('parse', 20_000_000, by('a/ill')));
    expect([20_000_001, 'memory']).toContain(typeof parsed === 'number' ? parsed : (parsed as { kind: string }).kind);
    expect(await bed.pool.run('double', 21, by('a/sane'))).toBe(42);
  });
});

const HEALTHY = 1_000;
const POISON: readonly (readonly [task: string, count: number, kinds: readonly string[]])[] = [
  ['loop', 5, ['deadline']],
  // Starved of the processor it may come to its deadline first.
  ['hoard', 3, ['memory', 'deadline']],
  ['hoardBuffers', 2, ['memory', 'deadline']],
  ['exit', 1, ['crash']],
];

/** A thousand tasks of 200 objects at once. How long each took until its end, in milliseconds. */
async function thousand(pool: ReturnType<typeof poolBed>['pool']): Promise<{ readonly p99Ms: number; readonly delayMs: number }> {
  using delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  const beganMs = performance.now();
  const tookMs = await Promise.all(
    Array.from({ length: HEALTHY }, async (_, nr) => {
      await pool.run('work', 2, by(`team-${nr % 20}/object-${nr % 200}`));
      return performance.now() - beganMs;
    }),
  );
  return { p99Ms: tookMs.toSorted((a, b) => a - b)[HEALTHY * 0.99] ?? 0, delayMs: delay.percentile(99) / 1e6 };
}

// On a quiet machine with two processors they take about as long as without. If loops kept their places, it would be three times their deadline: the bound is between.
test('eleven poisoned objects fail each in its own way, and delay a thousand others little', async () => {
  await using bed = poolBed({ ...realTime, slowSize: 8 });
  const clean = await thousand(bed.pool);

  const poisoned = POISON.flatMap(([task, count, kinds]) =>
    Array.from({ length: count }, async (_, nr) => {
      const error = await failure(bed.pool.run(task, undefined, by(`bad-${nr}/${task}-${nr}`, { deadlineMs: 8_000, repeatable: true })));
      expect(kinds).toContain((error as { kind?: string }).kind);
    }),
  );
  const beside = await thousand(bed.pool);
  await Promise.all(poisoned);

  expect(beside.p99Ms).toBeLessThan(4 * clean.p99Ms + 4_000);
  expect(beside.delayMs).toBeLessThan(Math.max(100, 3 * clean.delayMs));
  expect(bed.pool.stats()).toMatchObject({ queued: { fast: 0, slow: 0 }, running: { fast: 0, slow: 0 } });
  // They are known now, and go straight to the slow lane.
  const again = by('bad-0/loop-0', { deadlineMs: 500 });
  expect(await failure(bed.pool.run('loop', undefined, again))).toMatchObject({ kind: 'deadline' });
  expect(bed.events.findLast(({ kind }) => kind === 'started')).toMatchObject({ task: 'loop', lane: 'slow' });
}, 60_000);
