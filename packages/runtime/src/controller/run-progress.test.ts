import { settled } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { refused, writesOf } from '../../test/memory-api.ts';
import { ready, setUp } from '../../test/run-once-bed.ts';

describe('on the way', () => {
  test('a run that ends within a second says nothing about its progress', async () => {
    const bed = setUp({
      reconcile: async (_object, { progress, clock }) => {
        progress('building');
        await clock.sleep(999);
        return ready;
      },
    });
    const running = bed.run();
    await bed.clock.advance(999);
    await running;
    expect(writesOf(bed.api.asked)).toEqual(['patch status web']);
  });

  test('a longer one says what it does, and each step once', async () => {
    const bed = setUp({
      reconcile: async (_object, { progress, clock }) => {
        progress('fetching');
        progress('building');
        await clock.sleep(2_000);
        progress('applying');
        progress('applying');
        await clock.sleep(1_000);
        return ready;
      },
    });
    const running = bed.run();
    await bed.clock.advance(1_000);
    expect(bed.shown()).toMatchObject({ status: 'Unknown', message: 'building' });
    await bed.clock.advance(1_000);
    expect(bed.shown()).toMatchObject({ status: 'Unknown', message: 'applying' });
    await bed.clock.advance(1_000);
    await running;
    expect(writesOf(bed.api.asked)).toHaveLength(3);
    expect(bed.shown()).toMatchObject({ status: 'True' });
  });

  test('steps that take no second each are not written one by one', async () => {
    const bed = setUp({
      reconcile: async (_object, { progress, clock }) => {
        for (let step = 0; step < 29; step++) {
          progress(`step ${step}`);
          await clock.sleep(100);
        }
        return ready;
      },
    });
    const running = bed.run();
    await bed.clock.advance(2_500);
    expect(bed.shown()).toMatchObject({ status: 'Unknown', message: 'step 19' });
    await bed.clock.advance(400);
    await running;
    expect(writesOf(bed.api.asked)).toHaveLength(3);
  });

  test('what must be on record is on record before the run goes on', async () => {
    let onRecord: unknown;
    const bed = setUp({
      reconcile: async (_object, { record }) => {
        await record({ fields: { inventory: ['a'] } });
        onRecord = bed.stored()?.status?.inventory;
        return ready;
      },
    });
    await bed.run();
    expect(onRecord).toEqual(['a']);
    expect(bed.stored()?.status?.inventory).toEqual(['a']);
  });

  test('nor is a step soon after something was put on record', async () => {
    const bed = setUp({
      reconcile: async (_object, { progress, record, clock }) => {
        progress('building');
        await clock.sleep(900);
        progress('applying');
        await record({ fields: { inventory: ['a'] } });
        await clock.sleep(1_100);
        return ready;
      },
    });
    const running = bed.run();
    await bed.clock.advance(1_899);
    expect(writesOf(bed.api.asked)).toHaveLength(1);
    await bed.clock.advance(1);
    expect(bed.shown()).toMatchObject({ status: 'Unknown', message: 'applying' });
    await bed.clock.advance(100);
    await running;
    expect(writesOf(bed.api.asked)).toHaveLength(3);
  });

  test('progress that cannot be written fails nothing', async () => {
    const bed = setUp({
      reconcile: async (_object, { progress, clock }) => {
        progress('building');
        await clock.sleep(1_500);
        return ready;
      },
    });
    bed.api.before = () => {
      bed.api.before = () => undefined;
      throw refused(422, 'Invalid');
    };
    const running = bed.run();
    await bed.clock.advance(1_500);
    expect(await running).toMatchObject({ outcome: { kind: 'ready' }, status: 'written' });
  });

  test('a reconciler that goes on after its run can write nothing more', async () => {
    let record: (() => Promise<void>) | undefined;
    const bed = setUp({
      reconcile: (_object, context) => {
        record = () => context.record({ fields: { inventory: ['late'] } });
        context.progress('never ends');
        return Promise.resolve(ready);
      },
    });
    await bed.run();
    await expect(record?.()).rejects.toThrow('the run is over');
    await bed.clock.advance(5_000);
    await settled();
    expect(writesOf(bed.api.asked)).toEqual(['patch status web']);
  });
});
