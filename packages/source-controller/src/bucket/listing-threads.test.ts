import { systemClock } from '@gotk/apimachinery';
import { startCpuTime } from '@gotk/apimachinery/cpu-time';
import { createWorkerPool } from '@gotk/runtime';
import { describe, expect, test } from 'vitest';
import { listingThreads } from './listing-threads.ts';

const MIB = 1024 * 1024;

async function bed() {
  const workers = createWorkerPool({ entry: new URL('../worker.ts', import.meta.url), clock: systemClock });
  return { ...listingThreads(workers, 'apps/bucket'), workers, [Symbol.asyncDispose]: () => workers[Symbol.asyncDispose]() };
}

/** How long this thread was at work for it in all, in milliseconds, and how long it took. */
async function heldUpBy(work: () => Promise<unknown>): Promise<{ readonly heldUpMs: number; readonly tookMs: number }> {
  const spentMs = startCpuTime();
  const started = performance.now();
  await work().catch(() => undefined);
  return { heldUpMs: spentMs(), tookMs: performance.now() - started };
}

const page = (count: number) =>
  Buffer.from(
    `<ListBucketResult>${Array.from({ length: count }, (_, n) => `<Contents><Key>some/directory/file-${n}.yaml</Key><ETag>"${n}"</ETag><Size>1</Size></Contents>`).join('')}</ListBucketResult>`,
  );

describe('a page', () => {
  test.each([3, 1_000])('of %i objects is read', async (count) => {
    await using it = await bed();
    const { objects } = await it.readPage({ format: 's3', bytes: page(count) }, AbortSignal.timeout(30_000));
    expect(objects).toHaveLength(count);
    expect(it.workers.stats().threads).toBe(count === 3 ? 0 : 1);
  });

  test('that is none is the same error, wherever it was read', async () => {
    await using it = await bed();
    for (const bytes of [Buffer.from('<a'), Buffer.from(`<${'a'.repeat(100_000)}`)])
      await expect(it.readPage({ format: 's3', bytes }, AbortSignal.timeout(30_000))).rejects.toMatchObject({
        name: 'BucketError',
        kind: 'protocol',
      });
  });

  test.each(['<a/>', '<?a?>'])('of a mebibyte of %s holds up nobody (P4)', { timeout: 60_000 }, async (piece) => {
    await using it = await bed();
    await it.readPage({ format: 's3', bytes: page(1_000) }, AbortSignal.timeout(30_000));
    const bytes = Buffer.from(`<ListBucketResult>${piece.repeat(MIB / piece.length)}</ListBucketResult>`);
    const { heldUpMs, tookMs } = await heldUpBy(() => it.readPage({ format: 's3', bytes }, AbortSignal.timeout(50_000)));
    expect(tookMs).toBeGreaterThan(150);
    expect(heldUpMs).toBeLessThan(Math.max(100, tookMs / 3));
  });
});

describe('A26: rules of what belongs into the artifact', () => {
  test('are those of the bucket, then those of the spec', async () => {
    await using it = await bed();
    const paths = ['a.txt', 'b.md', 'c.yaml'];
    const kept = (file: string | undefined, spec: string | undefined) => it.kept(paths, { file, spec }, AbortSignal.timeout(30_000));
    expect(await kept(undefined, undefined)).toEqual([0, 1, 2]);
    expect(await kept('*.txt\n', undefined)).toEqual([1, 2]);
    expect(await kept('*.txt\n', `${'# a comment that makes it long\n'.repeat(10)}!*.txt\n*.md\n`)).toEqual([0, 2]);
  });

  test('with forty stars each, fifty of them for thousands of objects, hold up nobody', { timeout: 60_000 }, async () => {
    await using it = await bed();
    const paths = Array.from({ length: 5_000 }, (_, n) => `${'a'.repeat(80)}-${n}`);
    await it.kept(['x'], { file: undefined, spec: `${'x'.repeat(100)}\n` }, AbortSignal.timeout(30_000));
    const { heldUpMs, tookMs } = await heldUpBy(() =>
      it.kept(paths, { file: `${'*a'.repeat(40)}b\n`.repeat(50), spec: undefined }, AbortSignal.timeout(50_000)),
    );
    expect(tookMs).toBeGreaterThan(150);
    expect(heldUpMs).toBeLessThan(Math.max(100, tookMs / 3));
  });
});
