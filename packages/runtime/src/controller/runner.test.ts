import { describe, expect, test } from 'vitest';
import { refused, writesOf } from '../../test/memory-api.ts';
import { FINALIZER, gate, ready, runnerBed, settledWidget } from '../../test/runner-bed.ts';
import { webKey, widget, widgets } from '../../test/widget.ts';
import { conditionOf } from '../status/status.ts';
import { Failed } from './outcome.ts';
import type { ReconcileContext } from './reconcile.ts';

const why = { reason: 'BecauseOfIt', message: 'what happened' };
const failing = () => Promise.reject(new Failed(why));
const ask = (token: string) => ({ annotations: { 'reconcile.fluxcd.io/requestedAt': token } });

describe('an object runs', () => {
  const conditions = [{ type: 'Ready', status: 'True', reason: '', message: '', lastTransitionTime: '' }] as const;
  const doneAndOpen = [
    settledWidget({ metadata: { name: 'done' }, status: { observedGeneration: 1, conditions } }),
    settledWidget({ metadata: { name: 'open' } }),
  ];

  test('once when the controller starts, and those that are not settled first', async () => {
    await using bed = await runnerBed({ concurrency: 1, objects: doneAndOpen });
    await bed.clock.advance(0);
    expect(bed.runs).toEqual(['open', 'done']);
  });

  test('when it is created, and not again for what we wrote ourselves', async () => {
    await using bed = await runnerBed({ objects: [] });
    bed.api.put(widgets, widget());
    await bed.clock.advance(60_000);
    expect(bed.runs).toEqual(['web']);
    expect(writesOf(bed.api.asked)).toEqual(['patch web', 'patch status web']);
  });

  test('when its spec changes, and not when somebody writes its status', async () => {
    await using bed = await runnerBed();
    await bed.clock.advance(0);
    bed.api.put(widgets, settledWidget({ status: { theirs: true } }));
    await bed.clock.advance(0);
    expect(bed.runs).toHaveLength(1);
    bed.api.put(widgets, settledWidget({ spec: { size: 2 } }));
    await bed.clock.advance(0);
    expect(bed.runs).toHaveLength(2);
  });

  test('when somebody asks for it, once for each request', async () => {
    await using bed = await runnerBed();
    await bed.clock.advance(0);
    bed.api.put(widgets, settledWidget({ metadata: ask('token-1') }));
    await bed.clock.advance(60_000);
    expect(bed.runs).toHaveLength(2);
    expect(bed.api.read(widgets, webKey)?.status?.lastHandledReconcileAt).toBe('token-1');
  });

  test('when it is woken by its key', async () => {
    await using bed = await runnerBed();
    await bed.clock.advance(0);
    bed.wake({ key: webKey, priority: 'normal' });
    bed.wake({ key: { namespace: 'apps', name: 'unknown' }, priority: 'normal' });
    await bed.clock.advance(0);
    expect(bed.runs).toEqual(['web', 'web']);
  });

  test('when it is woken by the index that files it', async () => {
    const named = (name: string, source: string) => settledWidget({ metadata: { name }, spec: { source } });
    await using bed = await runnerBed({ objects: [named('a', 'repo'), named('b', 'other'), named('c', 'repo')] });
    await bed.clock.advance(0);
    bed.runs.length = 0;
    bed.wake({ index: 'source', value: 'repo', priority: 'normal' });
    bed.wake({ index: 'source', value: 'nobody', priority: 'normal' });
    await bed.clock.advance(0);
    expect(bed.runs).toEqual(['a', 'c']);
  });

  test('when its turn comes, if what wakes it tells at the start of what was there before', async () => {
    await using bed = await runnerBed({
      concurrency: 1,
      objects: doneAndOpen,
      triggers: [
        {
          name: 'eager',
          subscribe(wake) {
            wake({ key: { namespace: 'apps', name: 'done' }, priority: 'urgent' });
            return { [Symbol.dispose]: () => undefined };
          },
        },
      ],
    });
    await bed.clock.advance(0);
    expect(bed.runs).toEqual(['open', 'done']);
  });

  test('ten times in a burst, and then once a second, however often it is woken', async () => {
    await using bed = await runnerBed();
    for (let times = 0; times < 100; times++) {
      bed.wake({ key: webKey, priority: 'urgent' });
      await bed.clock.advance(0);
    }
    expect(bed.runs).toHaveLength(10);
    await bed.clock.advance(1_000);
    expect(bed.runs).toHaveLength(11);
  });

  test('no more than so many at once', async () => {
    const gates = [gate(), gate(), gate()];
    let begun = 0;
    const objects = ['a', 'b', 'c'].map((name) => settledWidget({ metadata: { name } }));
    await using bed = await runnerBed({
      concurrency: 2,
      objects,
      reconcile: () => gates[begun++]?.promise.then(() => ready) ?? Promise.resolve(ready),
    });
    await bed.clock.advance(0);
    expect(bed.runs).toEqual(['a', 'b']);
    gates[1]?.resolve();
    await bed.clock.advance(0);
    expect(bed.runs).toEqual(['a', 'b', 'c']);
    for (const { resolve } of gates) resolve();
  });
});

describe('while an object runs', () => {
  /** The first run waits for its gate, or for its signal; the others are ready at once. */
  const slowFirst = () => {
    const first = gate();
    const contexts: ReconcileContext[] = [];
    const reconcile = async (_object: unknown, context: ReconcileContext) => {
      contexts.push(context);
      if (contexts.length > 1) return ready;
      context.signal.addEventListener('abort', () => first.reject(context.signal.reason));
      await first.promise;
      return { ...ready, message: 'by the first run' };
    };
    return { first, contexts, reconcile };
  };

  test('a wake-up lets it finish, and it runs again', async () => {
    const { first, reconcile } = slowFirst();
    await using bed = await runnerBed({ reconcile });
    await bed.clock.advance(0);
    bed.wake({ key: webKey, priority: 'normal' });
    await bed.clock.advance(0);
    expect(bed.runs).toHaveLength(1);
    first.resolve();
    await bed.clock.advance(0);
    expect(bed.runs).toHaveLength(2);
  });

  test('a wake-up that supersedes aborts it, and only the next run writes', async () => {
    const { contexts, reconcile } = slowFirst();
    await using bed = await runnerBed({ reconcile });
    await bed.clock.advance(0);
    bed.wake({ key: webKey, priority: 'normal', supersedes: true });
    await bed.clock.advance(0);
    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(contexts).toHaveLength(2);
    expect(writesOf(bed.api.asked)).toEqual(['patch status web']);
    expect(conditionOf(bed.api.read(widgets, webKey) ?? widget(), 'Ready')?.message).toBe('done');
  });

  test('a new spec aborts it', async () => {
    const { contexts, reconcile } = slowFirst();
    await using bed = await runnerBed({ reconcile });
    await bed.clock.advance(0);
    bed.api.put(widgets, settledWidget({ spec: { size: 2 } }));
    await bed.clock.advance(0);
    expect(contexts).toHaveLength(2);
    expect(bed.api.read(widgets, webKey)?.status?.observedGeneration).toBe(2);
  });

  test('a reconcile request does not, and is answered by a run of its own', async () => {
    const { first, contexts, reconcile } = slowFirst();
    await using bed = await runnerBed({ reconcile });
    await bed.clock.advance(0);
    bed.api.put(widgets, settledWidget({ metadata: ask('token-1') }));
    await bed.clock.advance(0);
    expect(contexts[0]?.signal.aborted).toBe(false);
    first.resolve();
    await bed.clock.advance(0);
    expect(contexts.map(({ requestedAt }) => requestedAt)).toEqual([undefined, 'token-1']);
  });

  test('its deletion is carried out once more when a server that did not know of it said that it is gone', async () => {
    const finalized: string[] = [];
    await using bed = await runnerBed({ finalize: async ({ metadata }) => void finalized.push(metadata.name) });
    await bed.clock.advance(0);
    bed.api.before = ({ verb }) => {
      if (verb !== 'patch') return;
      bed.api.before = () => undefined;
      throw refused(404, 'NotFound');
    };
    bed.api.remove(widgets, webKey);
    await bed.clock.advance(0);
    expect([finalized, bed.api.read(widgets, webKey)?.metadata.finalizers]).toEqual([['web'], [FINALIZER]]);
    await bed.clock.advance(10_000);
    expect([finalized, bed.api.read(widgets, webKey)]).toEqual([['web', 'web'], undefined]);
    await bed.clock.advance(60_000);
    expect(finalized).toHaveLength(2);
  });

  test('its deletion aborts it, and it is finalized', async () => {
    const { contexts, reconcile } = slowFirst();
    const finalized: string[] = [];
    await using bed = await runnerBed({ reconcile, finalize: async ({ metadata }) => void finalized.push(metadata.name) });
    await bed.clock.advance(0);
    bed.api.remove(widgets, webKey);
    await bed.clock.advance(0);
    expect(contexts).toHaveLength(1);
    expect(finalized).toEqual(['web']);
    expect(bed.api.read(widgets, webKey)).toBeUndefined();
  });

  test('its going for good ends it, and nothing is left to do', async () => {
    const { contexts, reconcile } = slowFirst();
    await using bed = await runnerBed({ reconcile });
    await bed.clock.advance(0);
    bed.api.put(widgets, widget());
    bed.api.remove(widgets, webKey);
    await bed.clock.advance(60_000);
    expect(contexts).toHaveLength(1);
    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(writesOf(bed.api.asked)).toEqual([]);
  });
});

describe('a cache that is behind', () => {
  test('does not make a run act on what was before our own last write', async () => {
    const seen: unknown[] = [];
    await using bed = await runnerBed({
      reconcile: (object) => {
        seen.push(object.status?.inventory);
        return Promise.resolve({ ...ready, fields: { inventory: [`run ${seen.length}`] } });
      },
    });
    const release = bed.api.holdWatches();
    await bed.clock.advance(0);
    bed.wake({ key: webKey, priority: 'normal' });
    await bed.clock.advance(0);
    release();
    await bed.clock.advance(0);
    bed.wake({ key: webKey, priority: 'normal' });
    await bed.clock.advance(0);
    expect(seen).toEqual([undefined, ['run 1'], ['run 2']]);
    expect(bed.api.asked.filter(({ verb }) => verb === 'get')).toEqual([]);
  });
});

describe('an object that the server says it does not have', () => {
  const onStatus = ({ subresource }: { readonly subresource?: string }) => {
    if (subresource === 'status') throw refused(404, 'NotFound');
  };

  test('runs again, less and less often, for as long as no watch says that it was deleted', async () => {
    await using bed = await runnerBed();
    bed.api.before = onStatus;
    await bed.clock.advance(0);
    expect(bed.runs).toHaveLength(1);
    await bed.clock.advance(3_000);
    expect(bed.runs).toHaveLength(3);
    bed.api.before = () => undefined;
    await bed.clock.advance(4_000);
    expect(bed.runs).toHaveLength(4);
    expect(conditionOf(bed.api.read(widgets, webKey) ?? widget(), 'Ready')).toMatchObject(ready);
  });

  test('is let go when the watch says so', async () => {
    await using bed = await runnerBed();
    bed.api.before = onStatus;
    await bed.clock.advance(0);
    bed.api.put(widgets, widget());
    bed.api.remove(widgets, webKey);
    await bed.clock.advance(60_000);
    expect(bed.runs).toHaveLength(1);
  });
});

describe('a controller that stops', () => {
  test('takes no more work, and is idle when what runs has ended and was reported', async () => {
    const slow = gate();
    await using bed = await runnerBed({
      concurrency: 1,
      objects: ['a', 'b'].map((name) => settledWidget({ metadata: { name } })),
      reconcile: () => slow.promise.then(() => Promise.reject(new Failed(why))),
    });
    await bed.clock.advance(0);
    bed.runner.stop();
    let events: number | undefined;
    const idle = bed.runner.idle().then(() => {
      events = bed.recorder.events.length;
    });
    await bed.clock.advance(0);
    expect(events).toBeUndefined();
    slow.resolve();
    await idle;
    await bed.clock.advance(60_000);
    expect(events).toBe(1);
    expect(bed.runs).toEqual(['a']);
  });

  test('aborts what runs on demand, and leaves its status to whoever comes next', async () => {
    await using bed = await runnerBed({
      reconcile: (_object, { signal }) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    await bed.clock.advance(0);
    bed.runner.stop();
    bed.runner.abort('the process is shutting down');
    await bed.runner.idle();
    await bed.clock.advance(60_000);
    expect(bed.runs).toHaveLength(1);
    expect(writesOf(bed.api.asked)).toEqual([]);
  });
});

test('an object of the name of one that is gone starts anew', async () => {
  await using bed = await runnerBed({ reconcile: failing });
  await bed.clock.advance(7_000);
  bed.api.put(widgets, widget());
  bed.api.remove(widgets, webKey);
  bed.api.put(widgets, settledWidget());
  await bed.clock.advance(0);
  const before = bed.runs.length;
  await bed.clock.advance(1_000);
  expect(bed.runs.length).toBe(before + 1);
  expect(bed.api.read(widgets, webKey)?.metadata.finalizers).toEqual([FINALIZER]);
});
