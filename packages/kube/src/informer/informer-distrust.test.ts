import { settled } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { gone, pod, setUp } from '../../test/informer-bed.ts';
import { ApiError, ConnectionError, ProtocolError } from '../errors.ts';

const garbled = () => new ProtocolError('watch sent a line that is not JSON');

describe('a cache never goes back in time', () => {
  test('by an event that comes twice, or late', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    const send = (type: 'ADDED' | 'MODIFIED' | 'DELETED', name: string, version: string) =>
      bed.last()?.send({ type, object: pod(name, version) });
    send('MODIFIED', 'a', '12');
    send('MODIFIED', 'a', '12');
    send('MODIFIED', 'a', '11');
    send('DELETED', 'a', '9');
    send('ADDED', 'b', '13');
    send('DELETED', 'b', '14');
    send('MODIFIED', 'b', '13');
    await settled();
    expect(bed.seen).toEqual(['added a', 'updated a', 'added b', 'deleted b']);
    expect(bed.informer.get({ namespace: 'apps', name: 'a' })?.metadata.resourceVersion).toBe('12');
  });

  test('nor does the place from which it goes on', async () => {
    await using bed = setUp();
    await bed.clock.advance(5_000);
    bed.last()?.send({ type: 'BOOKMARK', resourceVersion: '15' });
    bed.last()?.send({ type: 'BOOKMARK', resourceVersion: '14' });
    bed.last()?.close();
    await bed.clock.advance(0);
    expect(bed.last()?.options.resourceVersion).toBe('15');
  });

  test('by a list of a server that is behind, unless it stays there', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    bed.last()?.send({ type: 'ADDED', object: pod('b', '12') });
    await settled();
    bed.server.list = () => ({ items: [pod('a')], resourceVersion: '11' });
    bed.last()?.fail(gone());
    await bed.clock.advance(1_000);
    await bed.clock.advance(2_000);
    expect(bed.seen).toEqual(['added a', 'added b']);
    expect(String(bed.errors.at(-1))).toBe('StaleAnswer: list is of version 11, although 12 has been seen');
    for (const ms of [4_000, 8_000]) await bed.clock.advance(ms);
    expect(bed.seen).toEqual(['added a', 'added b', 'deleted b']);
  });

  test('by a list of a server that catches up', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    bed.last()?.send({ type: 'ADDED', object: pod('b', '12') });
    await settled();
    bed.server.list = () => ({ items: [pod('a')], resourceVersion: '11' });
    bed.last()?.fail(gone());
    await bed.clock.advance(1_000);
    bed.server.list = () => ({ items: [pod('a'), pod('b', '12'), pod('c', '13')], resourceVersion: '13' });
    await bed.clock.advance(2_000);
    expect(bed.seen).toEqual(['added a', 'added b', 'added c']);
  });

  test('of versions that cannot be compared, every event counts', async () => {
    await using bed = setUp();
    bed.server.list = () => ({ items: [], resourceVersion: 'v10' });
    await bed.clock.advance(0);
    bed.last()?.send({ type: 'ADDED', object: pod('a', 'v9') });
    await settled();
    expect(bed.seen).toEqual(['added a']);
  });
});

describe('a line that cannot be read', () => {
  test('is asked for once more', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    bed.last()?.send({ type: 'ADDED', object: pod('b', '11') });
    bed.last()?.fail(garbled());
    await bed.clock.advance(1_000);
    expect([bed.last()?.options.resourceVersion, bed.lists.length]).toEqual(['11', 1]);
  });

  test('again is passed by a list, which misses no deletion', async () => {
    await using bed = setUp();
    bed.server.onWatch = (watch) => (watch.options.resourceVersion === '10' ? watch.fail(garbled()) : undefined);
    await bed.clock.advance(0);
    bed.server.list = () => ({ items: [pod('b', '11')], resourceVersion: '12' });
    await bed.clock.advance(3_000);
    expect(bed.seen).toEqual(['added a', 'deleted a', 'added b']);
    expect([bed.lists.length, bed.last()?.options.resourceVersion]).toEqual([2, '12']);
  });
});

describe('the server is spared', () => {
  test('for as long as it asks to be', async () => {
    await using bed = setUp();
    bed.server.list = () => {
      throw new ApiError('busy', { status: 429, reason: 'TooManyRequests', retryAfterMs: 20_000 });
    };
    await bed.clock.advance(19_999);
    expect(bed.lists).toHaveLength(1);
    await bed.clock.advance(1);
    expect(bed.lists).toHaveLength(2);
  });

  test('by ever fewer lists when every watch has expired at once', async () => {
    await using bed = setUp();
    bed.server.onWatch = (watch) => watch.fail(gone());
    await bed.clock.advance(60_000);
    expect(bed.lists.length).toBeLessThanOrEqual(10);
  });
});

describe('a watch that is silent', () => {
  test('from the beginning is asked about, and left alone while there was nothing to miss', async () => {
    await using bed = setUp();
    await bed.clock.advance(600_000);
    expect(bed.watches).toHaveLength(1);
    const [, ...asked] = bed.lists;
    expect(asked.length).toBeLessThanOrEqual(600 / 46);
    expect(asked[0]).toMatchObject({ limit: 1, metadataOnly: true });
    expect(bed.errors).toEqual([]);
  });

  test('though there was something is opened anew, from where it was, within 62 s', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    bed.server.list = () => ({ items: [], resourceVersion: '20' });
    await bed.clock.advance(61_999);
    expect(bed.watches).toHaveLength(1);
    await bed.clock.advance(1);
    expect(bed.watches.map(({ options }) => [options.resourceVersion, options.signal.aborted])).toEqual([
      ['10', true],
      ['10', false],
    ]);
    expect(bed.errors).toEqual([new ConnectionError('watch of pods was silent for 62 s')]);
  });

  test('after a bookmark is not asked about: the next one is due in a minute', async () => {
    await using bed = setUp();
    for (let minute = 1; minute <= 5; minute += 1) {
      await bed.clock.advance(61_250);
      bed.last()?.send({ type: 'BOOKMARK', resourceVersion: '10' });
      await settled();
      if (minute === 1) bed.lists.length = 0;
    }
    expect([bed.watches.length, bed.lists]).toEqual([1, []]);
    await bed.clock.advance(62_000);
    expect([bed.watches.length, bed.lists]).toEqual([2, []]);
  });

  test('that ends takes the question about it with it', async () => {
    await using bed = setUp();
    await bed.clock.advance(46_500);
    const [, asked] = bed.lists;
    expect(asked?.signal.aborted).toBe(false);
    bed.last()?.close();
    await bed.clock.advance(0);
    expect(asked?.signal.aborted).toBe(true);
  });

  test('is opened anew also when nobody answers what is asked', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    bed.server.list = () => {
      throw new ConnectionError('refused');
    };
    await bed.clock.advance(62_000);
    expect(bed.watches).toHaveLength(2);
  });

  test('because history was put back to before it makes everything be asked for', async () => {
    await using bed = setUp();
    await bed.clock.advance(0);
    bed.server.list = () => ({ items: [pod('b', '4')], resourceVersion: '5' });
    await bed.clock.advance(60_000);
    expect(bed.seen).toEqual(['added a', 'deleted a', 'added b']);
    expect(bed.last()?.options.resourceVersion).toBe('5');
    // One server that is behind would say the same: it is asked again before it is believed.
    expect(bed.errors.slice(1).map((error) => (error as Error).name)).toEqual(['StaleAnswer', 'StaleAnswer', 'StaleAnswer']);
    expect(bed.errors.slice(0, 1)).toEqual([new ConnectionError('history of pods ends at 5, before 10')]);
  });
});
