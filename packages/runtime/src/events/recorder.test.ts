import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { expect, test } from 'vitest';
import { memoryApi } from '../../test/memory-api.ts';
import { recordingLog } from '../../test/recording.ts';
import { widget } from '../../test/widget.ts';
import type { EventPayload } from './event-sink.ts';
import { createRecorder } from './recorder.ts';

function setUp(post?: (payload: EventPayload) => void) {
  const api = memoryApi();
  const posted: EventPayload[] = [];
  const log = recordingLog();
  const sink = { post: post ?? ((payload: EventPayload) => void posted.push(payload)), flush: () => Promise.resolve() };
  const recorder = createRecorder({
    client: api.client,
    clock: fakeClock(),
    log,
    controllerName: 'widget-controller',
    instance: 'pod-1',
    sink,
  });
  return { api, posted, log, recorder, written: () => api.asked.map(({ body }) => body as { readonly [field: string]: unknown }) };
}

const object = widget({ metadata: { uid: 'uid-1', resourceVersion: '7' } });
const event = { severity: 'info', reason: 'Applied', message: 'applied' } as const;

test('an event goes into the cluster and to the receiver, as each wants it', async () => {
  const { posted, recorder, written } = setUp();
  recorder.record(object, { ...event, severity: 'error', metadata: { revision: 'r1' } });
  await recorder.flush();
  expect(written()).toMatchObject([{ type: 'Warning', reason: 'Applied', metadata: { annotations: { 'example.dev/revision': 'r1' } } }]);
  expect(posted).toEqual([
    {
      involvedObject: { apiVersion: 'example.dev/v1', kind: 'Widget', name: 'web', namespace: 'apps', uid: 'uid-1', resourceVersion: '7' },
      severity: 'error',
      timestamp: '2026-01-02T03:04:05.600Z',
      message: 'applied',
      reason: 'Applied',
      metadata: { 'example.dev/revision': 'r1' },
      reportingController: 'widget-controller',
      reportingInstance: 'pod-1',
    },
  ]);
});

test('a trace stays in the cluster', async () => {
  const { posted, recorder, written } = setUp();
  recorder.record(object, { ...event, severity: 'trace' });
  await recorder.flush();
  expect([written().map(({ type }) => type), posted]).toEqual([['Normal'], []]);
});

test('the owner’s labels for events go along, and cannot stand in for our own keys', async () => {
  const { posted, recorder } = setUp();
  const annotations = { 'event.toolkit.fluxcd.io/team': 'blue', 'example.dev/revision': 'forged', other: 'x' };
  recorder.record(
    { ...object, metadata: { ...object.metadata, annotations } },
    { ...event, metadata: { revision: 'r1', 'full.dev/key': 'k' } },
  );
  expect(posted[0]?.metadata).toEqual({ 'event.toolkit.fluxcd.io/team': 'blue', 'example.dev/revision': 'r1', 'full.dev/key': 'k' });
});

test('no credential leaves by message or metadata', async () => {
  const { posted, recorder, written } = setUp();
  const key = `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(800)}\n-----END PRIVATE KEY-----`;
  recorder.record(object, { ...event, message: 'cloning https://u:hunter2@h/', metadata: { revision: `r1 ${key}` } });
  await recorder.flush();
  expect(JSON.stringify([posted, written()])).not.toMatch(/hunter2|QUJD/);
});

test('what cannot be recorded is logged, and throws nothing', () => {
  const { log, recorder } = setUp(() => {
    throw new Error('gone mad');
  });
  recorder.record(object, event);
  expect(log.lines).toMatchObject([{ level: 'error', message: 'an event could not be recorded', fields: { reason: 'Applied' } }]);
});
