import { describe, expect, test } from 'vitest';
import { refused, writesOf } from '../../test/memory-api.ts';
import { FINALIZER, ready, setUp, throwing, why } from '../../test/run-once-bed.ts';
import { type Widget, webKey, widget, widgets } from '../../test/widget.ts';
import { conditionOf, statusOf } from '../status/status.ts';
import type { Controller } from './controller.ts';
import { Failed, Stalled, Superseded, Waiting } from './outcome.ts';

describe('a run', () => {
  test('has its finalizer on the object before the reconciler begins, and one status write at the end', async () => {
    let seen: readonly string[] | undefined;
    const bed = setUp(
      {
        reconcile: (object) => {
          seen = object.metadata.finalizers;
          return Promise.resolve(ready);
        },
      },
      widget(),
    );
    const ended = await bed.run();
    expect(seen).toEqual([FINALIZER]);
    expect(writesOf(bed.api.asked)).toEqual(['patch web', 'patch status web']);
    expect(ended).toEqual({ outcome: { kind: 'ready', ready }, object: bed.stored(), status: 'written' });
    expect(statusOf(bed.stored() ?? widget()).observedGeneration).toBe(1);
  });

  test('puts no finalizer where there is nothing to undo, and takes away one that is left', async () => {
    const bed = setUp({}, widget());
    const { finalize: _, ...nothingToUndo } = bed.controller;
    await bed.run(undefined, { controller: nothingToUndo });
    expect(writesOf(bed.api.asked)).toEqual(['patch status web']);
    bed.api.put(widgets, widget({ metadata: { finalizers: [FINALIZER] } }));
    bed.api.remove(widgets, webKey);
    expect((await bed.run(undefined, { controller: nothingToUndo }))?.status).toBe('finalized');
    expect(bed.stored()).toBeUndefined();
  });

  test('leaves a static object as bare as it is, and lays one bare that was something else before', async () => {
    let finalized = 0;
    const never = () => Promise.reject(new Error('a static object was reconciled'));
    const finalize = async () => {
      finalized += 1;
    };
    const bed = setUp({ isStatic: () => true, reconcile: never, finalize }, widget());
    expect(await bed.run()).toBeUndefined();
    expect(writesOf(bed.api.asked)).toEqual([]);
    // The schema's default for what was never reconciled: whoever waits by kstatus would wait for ever.
    bed.api.put(widgets, { ...widget(), status: { observedGeneration: -1 } });
    expect((await bed.run())?.status).toBe('finalized');
    expect(statusOf(bed.stored() ?? widget())).toEqual({});
    bed.api.put(widgets, { ...widget({ metadata: { finalizers: ['theirs', FINALIZER] } }), status: { observedGeneration: 1 } });
    expect((await bed.run())?.status).toBe('finalized');
    expect([finalized, bed.stored()?.metadata.finalizers, statusOf(bed.stored() ?? widget())]).toEqual([1, ['theirs'], {}]);
    expect(await bed.run()).toBeUndefined();
  });

  test('a static object that cannot be laid bare is tried again', async () => {
    const bed = setUp({ isStatic: () => true, finalize: () => Promise.reject(new Error('disk')) });
    expect(await bed.run()).toMatchObject({ outcome: { kind: 'failed' }, status: 'unwritten' });
    expect(bed.stored()?.metadata.finalizers).toEqual([FINALIZER]);
  });

  test('does not begin on an object that cannot be finalized', async () => {
    let runs = 0;
    const bed = setUp({ reconcile: () => Promise.resolve({ ...ready, message: String(++runs) }) }, widget());
    bed.api.before = ({ subresource }) => {
      if (subresource === undefined) throw refused(403, 'Forbidden');
    };
    expect(await bed.run()).toMatchObject({ outcome: { kind: 'failed' }, status: 'written' });
    expect(runs).toBe(0);
    expect(bed.shown()).toMatchObject({ status: 'False', reason: 'ReconciliationFailed' });
  });

  test('does not begin on an object that can never be reconciled', async () => {
    let runs = 0;
    const bed = setUp({ validate: () => new Stalled(why), reconcile: () => Promise.resolve({ ...ready, message: String(++runs) }) });
    expect(await bed.run()).toMatchObject({ outcome: { kind: 'stalled' }, status: 'written' });
    expect(runs).toBe(0);
    expect(conditionOf(bed.stored() ?? widget(), 'Stalled')).toMatchObject(why);
  });

  test('a validation that throws is a failure like any other', async () => {
    const bed = setUp({
      validate: () => {
        throw new TypeError('spec.ref is undefined');
      },
    });
    expect(await bed.run()).toMatchObject({ outcome: { kind: 'failed', unforeseen: true }, status: 'written' });
  });

  test('a reconciler that throws before its first promise is a failure like any other', async () => {
    const bed = setUp({
      reconcile: () => {
        throw new TypeError('x is not a function');
      },
    });
    expect(await bed.run()).toMatchObject({ outcome: { kind: 'failed', unforeseen: true }, status: 'written' });
  });

  test('one that was overtaken writes nothing', async () => {
    const bed = setUp({
      reconcile: async () => {
        bed.stop.abort(new Superseded('the object was changed'));
        throw new Error('socket closed');
      },
    });
    expect(await bed.run()).toMatchObject({ outcome: { kind: 'superseded' }, status: 'superseded' });
    expect(writesOf(bed.api.asked)).toEqual([]);
  });

  test('one that reached its end in spite of an abort is ready', async () => {
    const bed = setUp({
      reconcile: async () => {
        bed.stop.abort(new Superseded('shutdown'));
        return ready;
      },
    });
    expect(await bed.run()).toMatchObject({ outcome: { kind: 'ready' }, status: 'written' });
    expect(bed.shown()).toMatchObject({ status: 'True' });
  });

  test('its outcome answers what it saw, also when the object has changed meanwhile', async () => {
    const bed = setUp({
      reconcile: async () => {
        bed.api.put(widgets, widget({ spec: { size: 2 }, metadata: { finalizers: [FINALIZER] } }));
        return ready;
      },
    });
    await bed.run();
    expect(bed.stored()).toMatchObject({ metadata: { generation: 2 }, status: { observedGeneration: 1 } });
  });
});

describe('a wait', () => {
  const waiting = throwing(new Waiting(why));

  test('is held back from the status at first', async () => {
    const bed = setUp(waiting);
    expect(await bed.run(bed.found, { patient: true })).toMatchObject({ outcome: { kind: 'waiting' }, status: 'held' });
    expect(writesOf(bed.api.asked)).toEqual([]);
  });

  test('is written when there is no more patience', async () => {
    const bed = setUp(waiting);
    expect(await bed.run(bed.found)).toMatchObject({ status: 'written' });
    expect(bed.shown()).toMatchObject({ status: 'False', ...why });
  });

  test('is written to whoever asked for an answer', async () => {
    const annotations = { 'reconcile.fluxcd.io/requestedAt': 'token-1' };
    const bed = setUp(waiting, widget({ metadata: { finalizers: [FINALIZER], annotations } }));
    expect(await bed.run(bed.found, { patient: true })).toMatchObject({ status: 'written' });
    expect(bed.stored()?.status?.lastHandledReconcileAt).toBe('token-1');
  });

  test('a failure is never held back', async () => {
    const bed = setUp(throwing(new Failed(why)));
    expect(await bed.run(bed.found, { patient: true })).toMatchObject({ status: 'written' });
  });
});

describe('a deletion', () => {
  const deleted = (parts: Partial<Controller<Widget>> = {}, finalizers = [FINALIZER]) => {
    const bed = setUp(parts, widget({ metadata: { finalizers } }));
    bed.api.remove(widgets, webKey);
    return bed;
  };

  test('is finalized, not reconciled nor validated, and the object goes', async () => {
    const calls: string[] = [];
    const bed = deleted({
      reconcile: () => Promise.resolve({ ...ready, message: String(calls.push('reconcile')) }),
      validate: () => void calls.push('validate'),
      finalize: async () => void calls.push('finalize'),
    });
    expect(await bed.run()).toMatchObject({ outcome: { kind: 'ready' }, status: 'finalized' });
    expect(calls).toEqual(['finalize']);
    expect(bed.stored()).toBeUndefined();
    expect(writesOf(bed.api.asked)).toEqual(['patch web']);
  });

  test('keeps the finalizer when it cannot be carried out, and says why', async () => {
    const bed = deleted({ finalize: () => Promise.reject(new Failed(why)) });
    expect(await bed.run()).toMatchObject({ outcome: { kind: 'failed' }, status: 'written' });
    expect(bed.stored()?.metadata.finalizers).toEqual([FINALIZER]);
    expect(bed.shown()).toMatchObject(why);
  });

  test('is none of our business without our finalizer', async () => {
    const bed = deleted({}, ['example.dev/theirs']);
    expect(await bed.run()).toBeUndefined();
    expect(bed.api.asked).toEqual([]);
  });
});

describe('a view from the past', () => {
  const remembering = (inventory: readonly string[]) => widget({ metadata: { finalizers: [FINALIZER] }, status: { inventory } });
  /** Another process has remembered something that the run, which sees the object as it was before, is not told of. */
  const behind = (parts: Partial<Controller<Widget>>, before = remembering(['a'])) => {
    const bed = setUp({ remembers: ['inventory'], ...parts }, before);
    const seen = bed.stored() ?? before;
    bed.api.put(widgets, remembering(['a', 'b']));
    return { ...bed, seen };
  };

  test.each([
    ['at its end', async () => ({ ...ready, fields: { inventory: ['a'] } })],
    [
      'on its way',
      async (_object, { record }) => {
        await record({ fields: { inventory: ['a', 'c'] } });
        return ready;
      },
    ],
    [
      'where it told of its progress',
      async (_object, { progress, clock }) => {
        progress('applying');
        await clock.sleep(2_000, new AbortController().signal);
        return { ...ready, fields: { inventory: ['a'] } };
      },
    ],
  ] satisfies readonly (readonly [string, Controller<Widget>['reconcile']])[])(
    'writes nothing over what is remembered, and starts over: a run that finds out %s',
    async (_when, reconcile) => {
      const bed = behind({ reconcile });
      const running = bed.run(bed.seen);
      await bed.clock.advance(1_000);
      await bed.clock.advance(1_000);
      expect(await running).toEqual({ outcome: { kind: 'superseded' }, object: bed.stored(), status: 'superseded' });
      expect(statusOf(bed.stored() ?? widget())).toEqual({ inventory: ['a', 'b'] });
    },
  );

  test('keeps the finalizer: what it did not know of is not undone yet', async () => {
    const bed = setUp({ remembers: ['inventory'] }, remembering(['a']));
    bed.api.remove(widgets, webKey);
    const seen = bed.stored() ?? widget();
    bed.api.put(widgets, remembering(['a', 'b']));
    expect((await bed.run(seen))?.outcome).toEqual({ kind: 'superseded' });
    expect(bed.stored()?.metadata.finalizers).toEqual([FINALIZER]);
    expect((await bed.run())?.status).toBe('finalized');
  });
});

describe('an object that goes during its run', () => {
  test('is known to be gone', async () => {
    const bed = setUp({
      reconcile: async () => {
        bed.api.put(widgets, widget());
        bed.api.remove(widgets, webKey);
        return ready;
      },
    });
    expect(await bed.run()).toMatchObject({ status: 'gone' });
  });

  test('leaves the one that has taken its name alone', async () => {
    const bed = setUp({
      reconcile: async () => {
        bed.api.put(widgets, widget());
        bed.api.remove(widgets, webKey);
        bed.api.put(widgets, widget());
        return ready;
      },
    });
    expect(await bed.run()).toMatchObject({ status: 'gone' });
    expect(bed.stored()?.status).toBeUndefined();
  });
});

describe('a status that the server does not take', () => {
  const refuseStatus = (bed: ReturnType<typeof setUp>, error: unknown, times = Number.POSITIVE_INFINITY) => {
    let left = times;
    bed.api.before = ({ subresource }) => {
      if (subresource === 'status' && left-- > 0) throw error;
    };
  };

  test('is replaced by one that says so, and the run has failed', async () => {
    const bed = setUp();
    refuseStatus(bed, refused(422, 'Invalid'), 1);
    const ended = await bed.run();
    expect(ended).toMatchObject({ outcome: { kind: 'failed' }, status: 'written' });
    expect(bed.shown()).toMatchObject({
      status: 'False',
      reason: 'ReconciliationFailed',
      message: 'failed to store the status: the server says Invalid',
    });
  });

  test('because others write all the time stays unwritten, and is not called a failure', async () => {
    const bed = setUp();
    refuseStatus(bed, refused(409, 'Conflict'));
    expect(await bed.run()).toMatchObject({ outcome: { kind: 'ready' }, status: 'unwritten' });
    expect(writesOf(bed.api.asked)).toHaveLength(5);
  });

  test('because it is away stays unwritten after half a minute, and holds nobody any longer', async () => {
    const bed = setUp();
    bed.api.before = ({ subresource }) => (subresource === 'status' ? new Promise<void>(() => undefined) : undefined);
    let ended: unknown;
    const running = bed.run().then((how) => {
      ended = how;
    });
    await bed.clock.advance(29_999);
    expect(ended).toBeUndefined();
    await bed.clock.advance(1);
    await running;
    expect(ended).toMatchObject({ outcome: { kind: 'ready' }, status: 'unwritten' });
  });

  test('is still written when the run itself was aborted after its end', async () => {
    const bed = setUp();
    bed.api.before = ({ subresource }) => {
      if (subresource === 'status') bed.stop.abort(new Superseded('shutdown'));
    };
    expect(await bed.run()).toMatchObject({ status: 'written' });
  });
});
