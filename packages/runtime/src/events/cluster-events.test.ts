import type { Unstructured } from '@gotk/apimachinery';
import { fakeClock, settled } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { memoryApi, refused, writesOf } from '../../test/memory-api.ts';
import { recordingLog } from '../../test/recording.ts';
import { widget } from '../../test/widget.ts';
import { type ClusterEvent, createClusterEvents } from './cluster-events.ts';

const object = widget({ metadata: { uid: 'uid-1', resourceVersion: '7' } });
const applied: ClusterEvent = { type: 'Normal', reason: 'Applied', message: 'applied', metadata: {} };

function setUp() {
  const api = memoryApi();
  const clock = fakeClock();
  let aheadMs = 0;
  const events = createClusterEvents({
    client: api.client,
    clock: { ...clock, now: () => clock.now() + aheadMs },
    log: recordingLog(),
    controllerName: 'widget-controller',
    instance: 'pod-1',
  });
  const stored = async () =>
    (
      await api.client.list<Unstructured>(
        { group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true },
        { signal: new AbortController().signal },
      )
    ).items;
  /** Sets the wall clock: by how much it differs from what the monotonic one would make of it. */
  const setWallClock = (ms: number) => {
    aheadMs = ms;
  };
  return { api, clock, events, stored, setWallClock };
}

test('writes an event into the namespace of its object', async () => {
  const { events, stored } = setUp();
  events.write(object, { ...applied, metadata: { 'example.dev/revision': 'r1' } });
  await events.flush();
  expect(await stored()).toMatchObject([
    {
      metadata: { namespace: 'apps', name: expect.stringMatching(/^web\.[0-9a-f]{16}$/), annotations: { 'example.dev/revision': 'r1' } },
      involvedObject: { apiVersion: 'example.dev/v1', kind: 'Widget', name: 'web', namespace: 'apps', uid: 'uid-1', resourceVersion: '7' },
      type: 'Normal',
      reason: 'Applied',
      message: 'applied',
      count: 1,
      firstTimestamp: '2026-01-02T03:04:05Z',
      lastTimestamp: '2026-01-02T03:04:05Z',
      source: { component: 'widget-controller' },
      reportingComponent: 'widget-controller',
      reportingInstance: 'pod-1',
    },
  ]);
});

test('an object without a namespace has its events in the default one', async () => {
  const { events, stored } = setUp();
  events.write({ ...object, metadata: { name: 'node-1', uid: 'uid-2' } }, applied);
  await events.flush();
  expect(await stored()).toMatchObject([{ metadata: { namespace: 'default' } }]);
});

test('the same event again is counted, and keeps when it was first', async () => {
  const { clock, events, stored } = setUp();
  events.write(object, applied);
  await clock.advance(60_000);
  events.write(object, applied);
  events.write(object, applied);
  await events.flush();
  expect(await stored()).toMatchObject([{ count: 3, firstTimestamp: '2026-01-02T03:04:05Z', lastTimestamp: '2026-01-02T03:05:05Z' }]);
});

test('one that is as little as a letter different is another event', async () => {
  const { events, stored } = setUp();
  for (const other of [{}, { message: 'applies' }, { reason: 'Applies' }, { type: 'Warning' as const }])
    events.write(object, { ...applied, ...other });
  events.write({ ...object, metadata: { ...object.metadata, uid: 'uid-2' } }, applied);
  await events.flush();
  expect((await stored()).map(({ count }) => count)).toEqual([1, 1, 1, 1, 1]);
});

test('after ten minutes without it, it is news', async () => {
  const { clock, events, stored } = setUp();
  events.write(object, applied);
  await clock.advance(600_000);
  events.write(object, applied);
  await events.flush();
  expect((await stored()).map(({ count }) => count)).toEqual([1, 1]);
});

test.each([
  ['a day ahead', 86_400_000],
  ['a day back', -86_400_000],
])('a wall clock that jumps %s makes no event news, and none old', async (_, jumpMs) => {
  const { clock, events, stored, setWallClock } = setUp();
  events.write(object, applied);
  await events.flush();
  setWallClock(jumpMs);
  events.write(object, applied);
  await events.flush();
  expect(await stored()).toMatchObject([{ count: 2 }]);
  await clock.advance(600_000);
  events.write(object, applied);
  await events.flush();
  expect(await stored()).toHaveLength(2);
});

test('one that the server has let go of starts over', async () => {
  const { api, events, stored } = setUp();
  events.write(object, applied);
  await events.flush();
  const [{ metadata } = object] = await stored();
  api.remove({ group: '', version: 'v1', kind: 'Event', plural: 'events', namespaced: true }, { namespace: 'apps', name: metadata.name });
  events.write(object, applied);
  events.write(object, applied);
  await events.flush();
  expect((await stored()).map(({ count }) => count)).toEqual([2]);
});

test('an event that is refused is lost, and the next one is not', async () => {
  const { api, events, stored } = setUp();
  api.before = () => {
    api.before = () => undefined;
    throw refused(403, 'Forbidden');
  };
  events.write(object, applied);
  events.write(object, { ...applied, reason: 'Next' });
  await events.flush();
  expect((await stored()).map(({ reason }) => reason)).toEqual(['Next']);
});

test('a server that does not answer holds events up for ten seconds each', async () => {
  const { api, clock, events, stored } = setUp();
  let asked = 0;
  api.before = () => (++asked === 1 ? new Promise<void>(() => undefined) : undefined);
  events.write(object, applied);
  events.write(object, { ...applied, reason: 'Next' });
  await clock.advance(9_999);
  expect(asked).toBe(1);
  await clock.advance(1);
  await events.flush();
  expect((await stored()).map(({ reason }) => reason)).toEqual(['Next']);
});

test('an object may write twenty-five at once, and then one every five minutes', async () => {
  const { api, clock, events } = setUp();
  const burst = async () => {
    const before = writesOf(api.asked).length;
    for (let number = 0; number < 40; number++) events.write(object, { ...applied, message: String(clock.monotonic() + number) });
    await events.flush();
    return writesOf(api.asked).length - before;
  };
  expect(await burst()).toBe(25);
  expect(await burst()).toBe(0);
  await clock.advance(300_000);
  expect(await burst()).toBe(1);
});

test('a message is cut to what an event takes', async () => {
  const { events, stored } = setUp();
  events.write(object, { ...applied, message: 'ä'.repeat(2_000) });
  await events.flush();
  const [event] = await stored();
  expect(Buffer.byteLength(String(event?.message))).toBeLessThanOrEqual(1_024);
});

test('what waits beyond five thousand is let go', async () => {
  const { api, clock, events } = setUp();
  const first = Promise.withResolvers<void>();
  api.before = () => first.promise;
  for (let number = 0; number < 5_200; number++) events.write(widget({ metadata: { name: `w-${number}`, uid: `uid-${number}` } }), applied);
  await settled();
  first.resolve();
  await events.flush();
  expect(writesOf(api.asked)).toHaveLength(5_000);
  expect(clock.pending).toBe(0);
});
