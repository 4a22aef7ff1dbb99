import type { KubeObject } from '@gotk/apimachinery';
import { settled } from '@gotk/apimachinery/fake-clock';
import { describe, expect, test } from 'vitest';
import { gone, pod, setUp } from '../../test/informer-bed.ts';
import { ApiError, ConnectionError, ProtocolError } from '../errors.ts';
import type { InformerOptions } from './create-informer.ts';

const streamed = (options: Partial<InformerOptions<KubeObject>> = {}) => setUp({ filling: 'streamed', ...options });
type Bed = ReturnType<typeof setUp>;

const send = (bed: Bed, ...objects: readonly KubeObject[]) => {
  for (const object of objects) bed.last()?.send({ type: 'ADDED', object });
};
const end = (bed: Bed, resourceVersion: string) => bed.last()?.send({ type: 'BOOKMARK', resourceVersion, initialEventsEnd: true });
const refused = () => new ApiError('sendInitialEvents is forbidden', { status: 422, reason: 'Invalid' });

describe('what there is, streamed', () => {
  test('takes one request, and counts when it is complete', async () => {
    await using bed = streamed({ namespace: 'apps', metadataOnly: true });
    await bed.clock.advance(0);
    send(bed, pod('a', '3'), pod('b', '7'));
    await settled();
    expect([bed.informer.synced, bed.seen]).toEqual([false, []]);
    end(bed, '10');
    await settled();
    expect([bed.informer.synced, bed.seen]).toEqual([true, ['added a', 'added b']]);
    bed.last()?.send({ type: 'MODIFIED', object: pod('b', '11') });
    await settled();
    expect(bed.seen.at(-1)).toBe('updated b');
    const asked = { namespace: 'apps', metadataOnly: true, resourceVersion: '', initialEvents: true };
    expect([bed.lists, bed.watches.map(({ options }) => options)]).toMatchObject([[], [asked]]);
  });

  test('has what changed on the way as it was in the end', async () => {
    await using bed = streamed();
    await bed.clock.advance(0);
    send(bed, pod('a', '3'), pod('b', '7'), pod('c', '8'));
    bed.last()?.send({ type: 'MODIFIED', object: pod('a', '12') });
    bed.last()?.send({ type: 'DELETED', object: pod('b', '13') });
    bed.last()?.send({ type: 'BOOKMARK', resourceVersion: '9' });
    end(bed, '13');
    await settled();
    expect(bed.informer.list().map(({ metadata }) => [metadata.name, metadata.resourceVersion])).toEqual([
      ['a', '12'],
      ['c', '8'],
    ]);
  });

  test('again after its place has expired, is told as the difference, deletions included', async () => {
    await using bed = streamed();
    await bed.clock.advance(0);
    send(bed, pod('kept', '1'), pod('changed', '2'), pod('lost', '3'));
    end(bed, '10');
    await settled();
    bed.seen.length = 0;
    bed.last()?.fail(gone());
    await bed.clock.advance(1_000);
    send(bed, pod('kept', '1'), pod('changed', '12'), pod('new', '13'));
    await settled();
    expect(bed.seen).toEqual([]);
    end(bed, '20');
    await settled();
    expect(bed.seen).toEqual(['deleted lost', 'updated changed', 'added new']);
  });

  test('that is cut short begins anew', async () => {
    await using bed = streamed();
    await bed.clock.advance(0);
    send(bed, pod('a', '3'));
    bed.last()?.fail(new ConnectionError('reset'));
    await bed.clock.advance(1_000);
    send(bed, pod('b', '4'));
    end(bed, '10');
    await settled();
    expect([bed.seen, bed.lists]).toEqual([['added b'], []]);
  });

  test('is followed by a silence that is noticed as soon as any', async () => {
    await using bed = streamed({ stalledAfterMs: 2_000 });
    await bed.clock.advance(500);
    end(bed, '10');
    bed.server.list = () => ({ items: [], resourceVersion: '11' });
    await bed.clock.advance(2_000);
    expect(bed.watches.map(({ options }) => options.resourceVersion)).toEqual(['', '10']);
  });

  test('goes on where it ended when the connection is lost after it', async () => {
    await using bed = streamed();
    await bed.clock.advance(0);
    end(bed, '10');
    bed.last()?.fail(new ConnectionError('reset'));
    await bed.clock.advance(1_000);
    expect(bed.last()?.options).toMatchObject({ resourceVersion: '10' });
    expect(bed.last()?.options.initialEvents).toBeUndefined();
  });
});

describe('a server that does not stream', () => {
  test('and says so is asked for pages, at once and from then on', async () => {
    await using bed = streamed();
    bed.server.onWatch = (watch) => (watch.options.initialEvents ? watch.fail(refused()) : undefined);
    await bed.clock.advance(0);
    expect([bed.informer.synced, bed.lists.length, bed.watches.length]).toEqual([true, 1, 2]);
    bed.last()?.fail(gone());
    await bed.clock.advance(1_000);
    expect([bed.lists.length, bed.watches.length]).toEqual([2, 3]);
  });

  test('and takes no notice is asked for pages after ten seconds', async () => {
    await using bed = streamed();
    await bed.clock.advance(0);
    send(bed, pod('old', '3'));
    await bed.clock.advance(9_999);
    expect([bed.lists.length, bed.seen]).toEqual([0, []]);
    await bed.clock.advance(1);
    expect([bed.informer.synced, bed.lists.length, bed.seen]).toEqual([true, 1, ['added a']]);
    expect(bed.watches[0]?.options.signal.aborted).toBe(true);
  });

  test('and sends what cannot be read is asked for pages', async () => {
    await using bed = streamed();
    bed.server.onWatch = (watch) => (watch.options.initialEvents ? watch.fail(new ProtocolError('not JSON')) : undefined);
    await bed.clock.advance(0);
    expect([bed.informer.synced, bed.lists.length]).toEqual([true, 1]);
  });

  test('is made known, so that others need not ask', async () => {
    let told = 0;
    await using bed = streamed({ onPaged: () => (told += 1) });
    bed.server.onWatch = (watch) => (watch.options.initialEvents ? watch.fail(refused()) : undefined);
    await bed.clock.advance(0);
    expect(told).toBe(1);
  });
});
