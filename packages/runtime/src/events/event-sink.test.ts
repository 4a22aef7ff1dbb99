import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@gotk/apimachinery';
import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { recordingLog } from '../../test/recording.ts';
import { type EventPayload, httpEventSink } from './event-sink.ts';

const event = (message: string): EventPayload => ({
  involvedObject: { kind: 'Widget', name: 'web' },
  severity: 'info',
  timestamp: '2026-01-02T03:04:05Z',
  message,
  reason: 'Succeeded',
  metadata: { 'example.dev/revision': 'r1' },
  reportingController: 'widget-controller',
  reportingInstance: 'pod-1',
});

/** A notification-controller that answers as the test says, and a sink that pauses for no time at all. */
async function receiver(answer: (message: string, response: ServerResponse) => void) {
  const received: EventPayload[] = [];
  const traceparents: unknown[] = [];
  let dropped = 0;
  const onDropped = () => {
    dropped += 1;
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const payload = JSON.parse(Buffer.concat(chunks).toString()) as EventPayload;
    received.push(payload);
    traceparents.push(request.headers.traceparent);
    answer(payload.message, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const log = recordingLog();
  const pauses: number[] = [];
  const clock = fakeClock();
  const hasty: Clock = {
    ...clock,
    sleep(ms) {
      pauses.push(ms);
      return Promise.resolve();
    },
  };
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    sink: httpEventSink({ url, clock: hasty, log, onDropped }),
    dropped: () => dropped,
    traceparents,
    clock,
    received,
    messages: () => received.map(({ message }) => message),
    pauses,
    errors: () => log.lines.filter(({ level }) => level === 'error'),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers with one status after the other, and 202 from then on. */
function inTurn(...statuses: number[]) {
  return (_message: string, response: ServerResponse) => void response.writeHead(statuses.shift() ?? 202).end();
}

test('delivers events as they are, in the order in which they happened', async () => {
  await using bed = await receiver(inTurn());
  for (const message of ['a', 'b', 'c']) bed.sink.post(event(message));
  await bed.sink.flush();
  expect(bed.received).toEqual(['a', 'b', 'c'].map(event));
  expect(bed.errors()).toEqual([]);
});

test('tries again after a 5xx with growing pauses, and keeps the order', async () => {
  await using bed = await receiver(inTurn(500, 503, 502, 500));
  bed.sink.post(event('a'));
  bed.sink.post(event('b'));
  await bed.sink.flush();
  expect(bed.messages()).toEqual(['a', 'a', 'a', 'a', 'a', 'b']);
  expect(bed.pauses).toEqual([500, 1_000, 2_000, 4_000]);
  expect(bed.errors()).toEqual([]);
});

test('gives an event up after five attempts, says so, and goes on with the next', async () => {
  await using bed = await receiver((message, response) => void response.writeHead(message === 'a' ? 500 : 202).end());
  bed.sink.post(event('a'));
  bed.sink.post(event('b'));
  await bed.sink.flush();
  expect(bed.messages()).toEqual(['a', 'a', 'a', 'a', 'a', 'b']);
  expect(bed.errors()).toMatchObject([{ message: 'the receiver did not take an event', fields: { reason: 'Succeeded' } }]);
});

test.each([400, 401, 404, 301])('a %s is final, and logged', async (status) => {
  await using bed = await receiver(inTurn(status));
  bed.sink.post(event('a'));
  await bed.sink.flush();
  expect(bed.messages()).toEqual(['a']);
  expect(bed.errors()).toMatchObject([{ message: 'the receiver refused an event', fields: { status } }]);
});

test('a 429 says that the event was seen already', async () => {
  await using bed = await receiver(inTurn(429));
  bed.sink.post(event('a'));
  await bed.sink.flush();
  expect([bed.messages(), bed.errors()]).toEqual([['a'], []]);
});

test('a connection that breaks is tried again', async () => {
  let broken = false;
  await using bed = await receiver((_message, response) => {
    if (broken) return void response.writeHead(202).end();
    broken = true;
    response.destroy();
  });
  bed.sink.post(event('a'));
  await bed.sink.flush();
  expect(bed.messages()).toEqual(['a', 'a']);
});

test('a receiver that never answers has five seconds an attempt', async () => {
  let asked = 0;
  await using bed = await receiver((_message, response) => {
    asked += 1;
    if (asked > 1) response.writeHead(202).end();
  });
  bed.sink.post(event('a'));
  await expect.poll(() => asked, { timeout: 5_000 }).toBe(1);
  await bed.clock.advance(4_999);
  expect(bed.pauses).toEqual([]);
  await bed.clock.advance(1);
  await bed.sink.flush();
  expect(bed.messages()).toEqual(['a', 'a']);
});

test('a receiver that is behind costs a thousand events at most: the newest are dropped, and their number is logged', async () => {
  const slow = Promise.withResolvers<void>();
  await using bed = await receiver((_message, response) => void slow.promise.then(() => response.writeHead(202).end()));
  for (let number = 0; number < 1_005; number++) bed.sink.post(event(String(number)));
  slow.resolve();
  await bed.sink.flush();
  expect(bed.messages()).toEqual(Array.from({ length: 1_000 }, (_, number) => String(number)));
  bed.sink.post(event('after'));
  await bed.sink.flush();
  expect(bed.messages().at(-1)).toBe('after');
  expect(bed.errors()).toMatchObject([{ message: 'events were dropped while the receiver was behind', fields: { dropped: 5 } }]);
  expect(bed.dropped()).toBe(5);
});

test('an event names the run that it tells of, if anybody traces it', async () => {
  await using bed = await receiver(inTurn());
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  bed.sink.post(event('traced'), traceparent);
  bed.sink.post(event('not'));
  await bed.sink.flush();
  expect(bed.traceparents).toEqual([traceparent, undefined]);
});
