import type { KubeObject } from '@gotk/apimachinery';
import { settled } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { gone, pod, setUp } from '../../test/informer-bed.ts';
import type { ListPage } from '../client.ts';
import { AnswerTooLarge, ApiError, ConnectionError } from '../errors.ts';
import type { Delta } from './informer.ts';

const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name);

describe('an informer', () => {
  test('lists, and watches from where the list ended', async () => {
    await using bed = setUp({ namespace: 'apps', labelSelector: 'a=b', fieldSelector: 'c=d', metadataOnly: true });
    await bed.clock.advance(0);
    const selectors = { namespace: 'apps', labelSelector: 'a=b', fieldSelector: 'c=d', metadataOnly: true };
    expect(bed.lists).toMatchObject([{ ...selectors, limit: 250 }]);
    expect(bed.watches.map(({ options }) => options)).toMatchObject([{ ...selectors, resourceVersion: '10' }]);
    expect(names(bed.informer.list())).toEqual(['a']);
  });

  test('follows what the watch says', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    bed.last()?.send({ type: 'ADDED', object: pod('b', '11') });
    bed.last()?.send({ type: 'MODIFIED', object: pod('b', '12') });
    bed.last()?.send({ type: 'DELETED', object: pod('a', '13') });
    await settled();
    expect(bed.seen).toEqual(['added a', 'added b', 'updated b', 'deleted a']);
    expect(names(bed.informer.list())).toEqual(['b']);
    expect(bed.informer.get({ namespace: 'apps', name: 'b' })?.metadata.resourceVersion).toBe('12');
  });

  test('tells whoever comes later what is there already, and whoever has gone nothing', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    const late: Delta<KubeObject>[] = [];
    const subscription = bed.informer.subscribe((delta) => late.push(delta));
    expect(late).toEqual([{ kind: 'added', object: pod('a') }]);
    subscription[Symbol.dispose]();
    bed.last()?.send({ type: 'ADDED', object: pod('b', '11') });
    await settled();
    expect(late).toHaveLength(1);
  });

  test('keeps of each object what it is told to, and files it by its indexes', async () => {
    await using bed = setUp({
      transform: (object) => ({ ...object, kind: 'Trimmed' }),
      indexes: { kind: ({ kind }) => [kind] },
    });
    await bed.clock.advance(0);
    bed.last()?.send({ type: 'ADDED', object: pod('b', '11') });
    await settled();
    expect(names(bed.informer.byIndex('kind', 'Trimmed'))).toEqual(['a', 'b']);
  });

  test('is synced after the first complete list, and stays it', async () => {
    await using bed = setUp();
    bed.server.list = () => {
      throw new ConnectionError('refused');
    };
    let synced = false;
    const waiting = bed.informer.whenSynced(new AbortController().signal).then(() => {
      synced = true;
    });
    await bed.clock.advance(0);
    expect([bed.informer.synced, synced]).toEqual([false, false]);
    bed.server.list = () => ({ items: [], resourceVersion: '10' });
    await bed.clock.advance(1_000);
    await waiting;
    expect(bed.informer.synced).toBe(true);
    await bed.informer.whenSynced(AbortSignal.abort());
    bed.server.list = () => {
      throw new ConnectionError('refused');
    };
    bed.last()?.fail(gone());
    await bed.clock.advance(60_000);
    expect(bed.informer.synced).toBe(true);
  });

  test('whoever no longer wants to wait for the sync need not', async () => {
    await using bed = setUp();
    const stop = new AbortController();
    const waiting = bed.informer.whenSynced(stop.signal).catch((error: unknown) => error);
    stop.abort(new Error('shutdown'));
    expect(await waiting).toEqual(new Error('shutdown'));
    await expect(bed.informer.whenSynced(AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
  });

  test('ends when it is told to, in the middle of a watch and of a pause', async () => {
    const watching = setUp();
    await watching.clock.advance(0);
    await watching[Symbol.asyncDispose]();
    const pausing = setUp();
    pausing.server.list = () => {
      throw new ConnectionError('refused');
    };
    await pausing.clock.advance(0);
    await pausing[Symbol.asyncDispose]();
    expect([watching.errors, pausing.errors.length]).toEqual([[], 1]);
  });
});

describe('a list', () => {
  const page = (name: string, token?: string): ListPage<KubeObject> => ({
    items: [pod(name)],
    resourceVersion: '10',
    ...(token === undefined ? {} : { continue: token }),
  });

  test('comes in pages, and counts when it is complete', async () => {
    await using bed = setUp({ pageSize: 1 });
    bed.server.list = ({ continue: token }) => {
      expect([bed.informer.synced, bed.seen]).toEqual([false, []]);
      return token === undefined ? page('a', 'second') : token === 'second' ? page('b', 'third') : page('c');
    };
    await bed.clock.advance(0);
    expect(bed.lists.map(({ limit, continue: token }) => [limit, token])).toEqual([
      [1, undefined],
      [1, 'second'],
      [1, 'third'],
    ]);
    expect(bed.seen).toEqual(['added a', 'added b', 'added c']);
  });

  test('whose next page has expired starts over', async () => {
    await using bed = setUp();
    let expired = false;
    bed.server.list = ({ continue: token }) => {
      if (token === undefined) return page('a', 'second');
      if (expired) return page('b');
      expired = true;
      throw gone();
    };
    await bed.clock.advance(1_000);
    expect(bed.lists.map(({ continue: token }) => token)).toEqual([undefined, 'second', undefined, 'second']);
    expect(names(bed.informer.list())).toEqual(['a', 'b']);
  });

  test('whose next page has always expired is asked for ever more slowly', async () => {
    await using bed = setUp();
    bed.server.list = ({ continue: token }) => {
      if (token === undefined) return page('a', 'second');
      throw gone();
    };
    await bed.clock.advance(60_000);
    expect(bed.lists.filter(({ continue: token }) => token === undefined).length).toBeLessThanOrEqual(10);
  });

  test('that is too long is asked for in smaller pages', async () => {
    await using bed = setUp();
    bed.server.list = ({ limit = 0, continue: token }) => {
      if (limit > 10) throw new AnswerTooLarge('answer is longer than 100 bytes');
      return token === undefined ? page('a', 'second') : page('b');
    };
    await bed.clock.advance(60_000);
    expect(names(bed.informer.list())).toEqual(['a', 'b']);
    expect(bed.lists.map(({ limit = 0 }) => limit).every((limit, at, all) => at === 0 || limit <= (all[at - 1] ?? 0))).toBe(true);
  });

  test('that is too long for a single object is tried again like any other failure', async () => {
    await using bed = setUp({ pageSize: 2 });
    bed.server.list = () => {
      throw new AnswerTooLarge('answer is longer than 100 bytes');
    };
    await bed.clock.advance(10_000);
    expect(bed.lists.length).toBeLessThan(8);
    expect(bed.errors.length).toBeGreaterThan(2);
    bed.server.list = () => page('a');
    await bed.clock.advance(30_000);
    expect(bed.informer.synced).toBe(true);
  });

  test('that fails is tried again, ever more slowly', async () => {
    await using bed = setUp();
    bed.server.list = () => {
      throw new ApiError('not now', { status: 500, reason: '' });
    };
    await bed.clock.advance(0);
    for (const [ms, lists] of [
      [1_000, 2],
      [2_000, 3],
      [4_000, 4],
      [8_000, 5],
      [10_000, 6],
      [10_000, 7],
      [10_000, 8],
    ] as const) {
      await bed.clock.advance(ms);
      expect(bed.lists).toHaveLength(lists);
    }
    expect(bed.errors).toHaveLength(8);
  });

  test('that is refused keeps its whole pause, whoever else is answered', async () => {
    const draws = [0, 1, 0];
    await using bed = setUp({ random: () => draws.shift() ?? 0 });
    bed.server.list = () => {
      throw new ApiError('not now', { status: 500, reason: '' });
    };
    await bed.clock.advance(0);
    expect(bed.lists).toHaveLength(1);
    const pause = 1_500;
    bed.answered();
    await bed.clock.advance(pause - 1);
    expect(bed.lists).toHaveLength(1);
    await bed.clock.advance(1);
    expect(bed.lists).toHaveLength(2);
  });

  test('that nobody answers is tried again as soon as the server answers somebody else, though not twice in a second', async () => {
    await using bed = setUp();
    bed.server.list = () => {
      throw new ConnectionError('refused');
    };
    await bed.clock.advance(0);
    for (const ms of [1_000, 2_000, 2_000]) await bed.clock.advance(ms);
    expect(bed.lists).toHaveLength(4);
    await bed.clock.advance(300);
    bed.answered();
    await bed.clock.advance(600);
    expect(bed.lists).toHaveLength(4);
    bed.server.list = () => page('a');
    await bed.clock.advance(100);
    expect(bed.lists).toHaveLength(5);
    expect(bed.informer.synced).toBe(true);
    expect(bed.clock.pending).toBe(1);
  });
});

describe('a watch', () => {
  test('that the server closes goes on where it ended, bookmarks included', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    await bed.clock.advance(5_000);
    bed.last()?.send({ type: 'ADDED', object: pod('b', '11') });
    bed.last()?.close();
    await bed.clock.advance(0);
    expect(bed.last()?.options.resourceVersion).toBe('11');
    await bed.clock.advance(5_000);
    bed.last()?.send({ type: 'BOOKMARK', resourceVersion: '15' });
    bed.last()?.close();
    await bed.clock.advance(0);
    expect(bed.last()?.options.resourceVersion).toBe('15');
    expect([bed.watches.length, bed.lists.length, bed.errors]).toEqual([3, 1, []]);
  });

  test('that breaks goes on where it ended, after a pause', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    bed.last()?.send({ type: 'ADDED', object: pod('b', '11') });
    bed.last()?.fail(new ConnectionError('reset'));
    await bed.clock.advance(999);
    expect(bed.watches).toHaveLength(1);
    await bed.clock.advance(1);
    expect(bed.watches.map(({ options }) => options.resourceVersion)).toEqual(['10', '11']);
    expect([bed.lists.length, bed.errors]).toEqual([1, [new ConnectionError('reset')]]);
  });

  test('whose place has expired lists anew, and tells the difference only', async () => {
    await using bed = setUp();
    bed.server.list = () => ({ items: [pod('kept'), pod('changed', '1'), pod('lost')], resourceVersion: '10' });
    await bed.clock.advance(0);
    bed.seen.length = 0;
    bed.server.list = () => ({ items: [pod('kept'), pod('changed', '2'), pod('new')], resourceVersion: '20' });
    bed.last()?.fail(gone());
    await bed.clock.advance(1_000);
    expect(bed.seen).toEqual(['deleted lost', 'updated changed', 'added new']);
    expect(bed.last()?.options.resourceVersion).toBe('20');
  });

  test('that is closed at once each time is not asked for more than once a second', async () => {
    await using bed = setUp();
    bed.server.onWatch = (watch) => watch.close();
    await bed.clock.advance(10_000);
    expect(bed.watches.length).toBeLessThanOrEqual(11);
    expect(bed.lists).toHaveLength(1);
  });

  test('that is silent for too long is taken for dead', async () => {
    await using bed = setUp({ stalledAfterMs: 90_000 });
    await bed.clock.advance(60_000);
    bed.last()?.send({ type: 'BOOKMARK', resourceVersion: '15' });
    await bed.clock.advance(89_999);
    expect([bed.watches.length, bed.informer.silentForMs()]).toEqual([1, 89_999]);
    await bed.clock.advance(1);
    expect(bed.watches[0]?.options.signal.aborted).toBe(true);
    expect(bed.errors).toEqual([new ConnectionError('watch of pods was silent for 90 s')]);
    await bed.clock.advance(1_000);
    expect(bed.last()?.options.resourceVersion).toBe('15');
  });

  test('that ends leaves no timer behind', async () => {
    const bed = setUp();
    await bed.clock.advance(0);
    await bed[Symbol.asyncDispose]();
    expect(bed.clock.pending).toBe(0);
  });
});
