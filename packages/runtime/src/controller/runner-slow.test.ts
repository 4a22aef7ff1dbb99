import { untilAborted } from '@gotk/apimachinery';
import { describe, expect, test } from 'vitest';
import { gate, ready, runnerBed, settledWidget } from '../../test/runner-bed.ts';
import { widgets } from '../../test/widget.ts';
import { Failed, Superseded } from './outcome.ts';
import type { ReconcileContext } from './reconcile.ts';

const TIMEOUT_MS = 60_000;
const named = (name: string, namespace = 'apps') => settledWidget({ metadata: { name, namespace } });
const ask = (name: string, token: string) =>
  settledWidget({ metadata: { name, annotations: { 'reconcile.fluxcd.io/requestedAt': token } } });

/** Objects called `stuck…` have a server that never answers: their runs take all of their time, and fail. */
const reconcile = async (object: { readonly metadata: { readonly name: string } }, { clock, signal }: ReconcileContext) => {
  if (!object.metadata.name.startsWith('stuck')) return ready;
  await untilAborted(clock.sleep(TIMEOUT_MS), signal);
  throw new Failed({ reason: 'Timeout', message: 'no answer' });
};

test('a controller that does not say that it waits for strangers runs as many as it says', async () => {
  await using bed = await runnerBed({ concurrency: 2, reconcile, objects: ['stuck-1', 'stuck-2', 'well'].map((it) => named(it)) });
  await bed.clock.advance(TIMEOUT_MS - 1);
  expect(bed.runs).toEqual(['stuck-1', 'stuck-2']);
});

describe('runs that work', () => {
  const concurrency = 2;
  const objects = ['busy-1', 'busy-2', 'well'].map((it) => named(it));
  /** Works for a while, and waits after that. */
  const busy =
    (workMs: number) =>
    async ({ metadata }: { readonly metadata: { readonly name: string } }, { clock, signal, waitForStrangers }: ReconcileContext) => {
      if (metadata.name === 'well') return ready;
      await untilAborted(clock.sleep(workMs), signal);
      await waitForStrangers(() => untilAborted(clock.sleep(TIMEOUT_MS), signal));
      return ready;
    };

  test('keep their places until they say that they wait', async () => {
    await using bed = await runnerBed({ concurrency, waitsForStrangers: () => false, reconcile: busy(3_000), objects });
    await bed.clock.advance(3_049);
    expect(bed.runs).toEqual(['busy-1', 'busy-2']);
    await bed.clock.advance(1);
    expect(bed.runs).toEqual(['busy-1', 'busy-2', 'well']);
  });

  test('and take too long for that give way all the same, and the next time from their beginning', async () => {
    await using bed = await runnerBed({ concurrency, waitsForStrangers: () => false, reconcile: busy(30_000), objects });
    await bed.clock.advance(4_999);
    expect(bed.runs).toEqual(['busy-1', 'busy-2']);
    await bed.clock.advance(1);
    expect(bed.runs).toEqual(['busy-1', 'busy-2', 'well']);
    await bed.clock.advance(30_000 + TIMEOUT_MS);
    for (const name of ['busy-1', 'busy-2']) bed.api.put(widgets, ask(name, '1'));
    await bed.clock.advance(0);
    bed.api.put(widgets, ask('well', '1'));
    await bed.clock.advance(0);
    expect(bed.runs.slice(3)).toEqual(['busy-1', 'busy-2', 'well']);
  });

  test('and have waited before are in their places again', async () => {
    const between = async (
      { metadata }: { readonly metadata: { readonly name: string } },
      { clock, signal, waitForStrangers }: ReconcileContext,
    ) => {
      if (metadata.name === 'well') return ready;
      await waitForStrangers(() => untilAborted(clock.sleep(40), signal));
      await untilAborted(clock.sleep(3_000), signal);
      return ready;
    };
    await using bed = await runnerBed({ concurrency, waitsForStrangers: () => false, reconcile: between, objects });
    await bed.clock.advance(3_039);
    expect(bed.runs).toEqual(['busy-1', 'busy-2']);
    await bed.clock.advance(1);
    expect(bed.runs).toEqual(['busy-1', 'busy-2', 'well']);
  });
});

describe('runs that wait for a server that never answers', () => {
  test('hold up the others for no longer than some times what is usual, and never again', async () => {
    await using bed = await runnerBed({
      concurrency: 2,
      waitsForStrangers: () => true,
      reconcile,
      objects: ['stuck-1', 'stuck-2', 'stuck-3', 'well'].map((it) => named(it)),
    });
    await bed.clock.advance(49);
    expect(bed.runs).toEqual(['stuck-1', 'stuck-2']);
    await bed.clock.advance(1);
    expect(bed.runs).toEqual(['stuck-1', 'stuck-2', 'stuck-3', 'well']);

    // Once it is known who they are, nobody waits for them at all.
    await bed.clock.advance(TIMEOUT_MS + 950);
    expect(bed.runs.filter((name) => name === 'stuck-1')).toHaveLength(2);
    bed.api.put(widgets, ask('well', '1'));
    await bed.clock.advance(0);
    expect(bed.runs.at(-1)).toBe('well');
  });

  test('do not hold up anybody who comes while they try again, if they have failed', async () => {
    const fails = async (object: { readonly metadata: { readonly name: string } }, { clock, signal }: ReconcileContext) => {
      if (!object.metadata.name.startsWith('ill')) return ready;
      await untilAborted(clock.sleep(400), signal);
      throw new Failed({ reason: 'Garbage', message: 'no answer that anybody understands' });
    };
    await using bed = await runnerBed({
      concurrency: 1,
      waitsForStrangers: () => true,
      reconcile: fails,
      objects: ['ill', 'well'].map((it) => named(it)),
    });
    while (bed.runs.filter((name) => name === 'ill').length < 2) await bed.clock.advance(10);
    bed.api.put(widgets, ask('well', '1'));
    await bed.clock.advance(0);
    expect(bed.runs).toEqual(['ill', 'well', 'ill', 'well']);
  });

  test('keep their places as long as nobody else wants them, and end as they would have', async () => {
    await using bed = await runnerBed({ concurrency: 1, waitsForStrangers: () => true, reconcile, objects: [named('stuck')] });
    await bed.clock.advance(TIMEOUT_MS + 999);
    expect(bed.runs).toEqual(['stuck']);
    const stuck = bed.api.read(widgets, { namespace: 'apps', name: 'stuck' });
    expect(stuck?.status?.conditions).toContainEqual(expect.objectContaining({ type: 'Ready', status: 'False', reason: 'Timeout' }));
  });

  test('are ended for those who wait when there are too many of them, and get their time later', async () => {
    const signals: AbortSignal[] = [];
    const stuck = Array.from({ length: 9 }, (_, index) => named(`stuck-${index}`));
    await using bed = await runnerBed({
      concurrency: 1,
      waitsForStrangers: () => true,
      objects: [...stuck, named('well')],
      reconcile: (object, context) => {
        signals.push(context.signal);
        return reconcile(object, context);
      },
    });
    // Eight go on beside, one after the other; the ninth has no place to go to.
    await bed.clock.advance(8 * 50);
    expect(bed.runs).toHaveLength(9);
    await bed.clock.advance(2_999);
    expect(bed.runs).toHaveLength(9);
    await bed.clock.advance(1);
    expect(bed.runs[9]).toBe('well');
    expect(signals[8]?.reason).toBeInstanceOf(Superseded);
    expect(signals.slice(0, 8).some(({ aborted }) => aborted)).toBe(false);
    // It waits for one of the eight, and is not ended again.
    await bed.clock.advance(TIMEOUT_MS - 3_400);
    expect(bed.runs.slice(10)).toEqual(['stuck-8']);
    await bed.clock.advance(TIMEOUT_MS - 1);
    expect(signals[10]?.aborted).toBe(false);
  });

  test('of a namespace with many of them let those of another one through', async () => {
    const mine = Array.from({ length: 30 }, (_, index) => named(`stuck-${index}`, 'crowd'));
    await using bed = await runnerBed({
      concurrency: 1,
      waitsForStrangers: () => true,
      reconcile,
      objects: [...mine, named('stuck-single', 'quiet')],
    });
    await bed.clock.advance(2 * TIMEOUT_MS + 40_000);
    expect(bed.runs.filter((name) => name === 'stuck-single').length).toBeGreaterThan(1);
  });

  test('whose next run is short are like any other again', async () => {
    let answers = false;
    const first = gate();
    await using bed = await runnerBed({
      concurrency: 1,
      waitsForStrangers: () => true,
      objects: [named('web')],
      reconcile: () => (answers ? Promise.resolve(ready) : first.promise.then(() => ready)),
    });
    await bed.clock.advance(5_000);
    answers = true;
    first.resolve();
    await bed.clock.advance(0);
    bed.api.put(widgets, ask('web', '1'));
    await bed.clock.advance(0);
    bed.api.put(widgets, ask('web', '2'));
    await bed.clock.advance(0);
    expect(bed.runs).toEqual(['web', 'web', 'web']);
  });

  test('and wait for their turn are not begun once the controller stops', async () => {
    const stuck = Array.from({ length: 10 }, (_, index) => named(`stuck-${index}`));
    await using bed = await runnerBed({ concurrency: 1, waitsForStrangers: () => true, reconcile, objects: stuck });
    await bed.clock.advance(15_000);
    const begun = bed.runs.length;
    bed.runner.stop();
    bed.runner.abort('shutting down');
    await bed.clock.advance(TIMEOUT_MS);
    await bed.runner.idle();
    expect(bed.runs).toHaveLength(begun);
  });
});

test('a run that had to wait for a place is woken when it gets one: by then somebody may have asked for another look', async () => {
  const asked: { readonly token: string; readonly wokenAtMs: number }[] = [];
  const slow = async (object: Parameters<typeof reconcile>[0], context: ReconcileContext) => {
    const { requestedAt: token, woken } = context;
    if (token !== undefined) asked.push({ token, wokenAtMs: woken.atMs });
    return await reconcile(object, context);
  };
  const names = Array.from({ length: 9 }, (_, index) => `stuck-${index}`);
  await using bed = await runnerBed({
    concurrency: 1,
    waitsForStrangers: () => true,
    reconcile: slow,
    objects: names.map((it) => named(it)),
  });
  // All are known to be slow, and eight of them have a place.
  await bed.clock.advance(2 * TIMEOUT_MS);
  const parked = names.find((name) => !bed.runs.slice(names.length).includes(name)) ?? '';
  expect(parked).not.toBe('');
  const askedAtMs = bed.clock.monotonic();
  bed.api.put(widgets, ask(parked, 'now'));
  await bed.clock.advance(TIMEOUT_MS);

  expect(asked[0]?.token).toBe('now');
  expect(asked[0]?.wokenAtMs).toBeGreaterThanOrEqual(askedAtMs);
});
