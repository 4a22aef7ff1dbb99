import { fakeClock, settled } from '@gotk/apimachinery/fake-clock';
import { ConnectionError } from '@gotk/kube';
import { expect, test } from 'vitest';
import { memoryApi, refused, statusIn, writesOf } from '../../test/memory-api.ts';
import { type Widget, webKey, widget, widgets } from '../../test/widget.ts';
import { Superseded } from '../controller/outcome.ts';
import { type CommonStatus, statusOf } from './status.ts';
import { statusWriter } from './status-writer.ts';

function setUp(status: CommonStatus = {}, remembers: readonly string[] = []) {
  const api = memoryApi();
  const clock = fakeClock();
  const start = api.put(widgets, widget({ status }));
  const stop = new AbortController();
  const writer = statusWriter(start, {
    client: api.client,
    resource: widgets,
    clock,
    fieldManager: 'widget-controller',
    signal: stop.signal,
    remembers,
  });
  return { api, clock, stop, writer, stored: () => statusOf(api.read(widgets, webKey) ?? widget()) };
}

const count = (object: Widget): CommonStatus => ({ ...statusOf(object), count: Number(statusOf(object).count ?? 0) + 1 });

test('writes the difference only, to the status subresource, under our name', async () => {
  const { api, writer, stored } = setUp({ url: 'http://x', stays: 1 });
  await writer.write((object) => ({ ...statusOf(object), url: undefined, revision: 'r1' }));
  expect(stored()).toEqual({ stays: 1, revision: 'r1' });
  expect(api.asked).toMatchObject([{ verb: 'patch', subresource: 'status', fieldManager: 'widget-controller' }]);
  expect(api.asked.map(statusIn)).toEqual([{ url: null, revision: 'r1' }]);
});

test('makes no request for what is there already', async () => {
  const { api, writer } = setUp({ revision: 'r1' });
  await writer.write(() => ({ revision: 'r1' }));
  expect(api.asked).toEqual([]);
});

test('each write builds on the one before, in the order in which they were asked for', async () => {
  const { api, writer, stored } = setUp();
  await Promise.all([
    writer.write(count),
    writer.write(count),
    writer.write((object) => ({ ...statusOf(object), last: statusOf(object).count })),
  ]);
  expect(stored()).toEqual({ count: 2, last: 2 });
  expect(writer.object).toEqual(api.read(widgets, webKey));
});

test('a stale view is read again: what somebody else wrote survives', async () => {
  const { api, writer, stored } = setUp();
  api.put(widgets, widget({ status: { theirs: true, count: 7 } }));
  await writer.write(count);
  expect(stored()).toEqual({ theirs: true, count: 8 });
});

test('what another process has remembered in the status is not written over by who did not know of it', async () => {
  const { api, writer, stored } = setUp({ inventory: ['a'] }, ['inventory']);
  api.put(widgets, widget({ status: { inventory: ['a', 'b'] } }));
  expect(writer.isOutdated).toBe(false);
  await expect(writer.write(() => ({ inventory: ['a'], done: true }))).rejects.toThrow(Superseded);
  expect(stored()).toEqual({ inventory: ['a', 'b'] });
  expect(writer.isOutdated).toBe(true);
  expect(writer.object).toEqual(api.read(widgets, webKey));
  await expect(writer.write(count)).rejects.toThrow(Superseded);
});

test('what the run itself has remembered is its own, also when the answer was lost', async () => {
  const { api, clock, writer, stored } = setUp({ inventory: ['a'] }, ['inventory']);
  api.after = () => {
    api.after = () => undefined;
    api.put(widgets, widget({ status: { ...stored(), theirs: true } }));
    throw new ConnectionError('reset');
  };
  const written = writer.write((object) => ({ ...statusOf(object), inventory: ['a', 'b'] }));
  await clock.advance(200);
  await written;
  await writer.write(count);
  expect(stored()).toEqual({ inventory: ['a', 'b'], theirs: true, count: 1 });
});

test('an object that replaced ours is left alone', async () => {
  const { api, writer, stored } = setUp();
  api.remove(widgets, webKey);
  api.put(widgets, widget());
  await expect(writer.write(count)).rejects.toThrow(Superseded);
  expect(stored()).toEqual({});
});

test('an object that is gone is the caller’s to know', async () => {
  const { api, writer } = setUp();
  api.remove(widgets, webKey);
  await expect(writer.write(count)).rejects.toMatchObject({ status: 404 });
});

test('a write whose answer was lost is not carried out twice', async () => {
  const { api, clock, writer, stored } = setUp();
  api.after = () => {
    api.after = () => undefined;
    throw new ConnectionError('reset');
  };
  const written = writer.write(() => ({ count: 1 }));
  await clock.advance(200);
  await written;
  expect(stored()).toEqual({ count: 1 });
  expect(writesOf(api.asked)).toHaveLength(1);
});

test.each([500, 503, 429])('tries again after a %s, with growing pauses, and gives up in the end', async (status) => {
  const { api, clock, writer } = setUp();
  api.before = ({ verb }) => {
    if (verb === 'patch') throw refused(status, 'Busy');
  };
  const written = writer.write(count).catch((error: unknown) => error);
  await clock.advance(199);
  expect(writesOf(api.asked)).toHaveLength(1);
  await clock.advance(1);
  expect(writesOf(api.asked)).toHaveLength(2);
  await clock.advance(400 + 800 + 1_600);
  expect(await written).toMatchObject({ status });
  expect(writesOf(api.asked)).toHaveLength(5);
});

test('what the server refuses for good is not tried again, and does not spoil the next write', async () => {
  const { api, writer, stored } = setUp();
  api.before = () => {
    api.before = () => undefined;
    throw refused(422, 'Invalid');
  };
  const [first, second] = [writer.write(() => ({ wrong: true })), writer.write(count)];
  await expect(first).rejects.toMatchObject({ status: 422 });
  await second;
  expect(stored()).toEqual({ count: 1 });
});

test('ends with the signal’s reason, also while it waits for the next attempt', async () => {
  const { api, clock, stop, writer } = setUp();
  api.before = () => {
    throw refused(503, 'Busy');
  };
  const written = writer.write(count).catch((error: unknown) => error);
  await settled();
  stop.abort(new Superseded('the object was changed'));
  await clock.advance(0);
  expect(await written).toBeInstanceOf(Superseded);
});
