import { fakeClock } from '@gotk/apimachinery/fake-clock';
import type { Controller } from '../src/controller/controller.ts';
import { runOnce } from '../src/controller/run-once.ts';
import { conditionOf } from '../src/status/status.ts';
import { memoryApi } from './memory-api.ts';
import { recordingLog, recordingRecorder } from './recording.ts';
import { type Widget, webKey, widget, widgets } from './widget.ts';

export const FINALIZER = 'finalizers.fluxcd.io';
export const ready = { reason: 'Succeeded', message: 'done' };
export const why = { reason: 'BecauseOfIt', message: 'what happened' };

/** One widget, and what it takes to run it once. */
export function setUp(parts: Partial<Controller<Widget>> = {}, object: Widget = widget({ metadata: { finalizers: [FINALIZER] } })) {
  const api = memoryApi();
  const clock = fakeClock();
  const stop = new AbortController();
  const [log, recorder] = [recordingLog(), recordingRecorder()];
  const controller: Controller<Widget> = {
    name: 'widget',
    resource: widgets,
    triggers: [],
    concurrency: 1,
    reconcile: () => Promise.resolve(ready),
    finalize: () => Promise.resolve(),
    ...parts,
  };
  const found = api.put(widgets, object);
  const stored = () => api.read(widgets, webKey);
  return {
    api,
    clock,
    stop,
    log,
    recorder,
    controller,
    found,
    stored,
    shown: () => conditionOf(stored() ?? widget(), 'Ready'),
    run: (seen: Widget = stored() ?? found, { patient = false, controller: other = controller } = {}) =>
      runOnce(seen, {
        controller: other,
        client: api.client,
        clock,
        recorder,
        log,
        fieldManager: 'widget-controller',
        patient,
        signal: stop.signal,
      }),
  };
}

export const throwing = (error: unknown) => ({ reconcile: () => Promise.reject(error) });
