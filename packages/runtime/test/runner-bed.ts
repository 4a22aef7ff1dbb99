import { fakeClock } from '@gotk/apimachinery/fake-clock';
import { createSecretMasks } from '@gotk/auth';
import { createInformer, type Indexes } from '@gotk/kube';
import { createBackOff } from '../src/controller/back-off.ts';
import type { Controller, Trigger, Wake } from '../src/controller/controller.ts';
import type { Ready } from '../src/controller/outcome.ts';
import type { ReconcileContext } from '../src/controller/reconcile.ts';
import { startRunner } from '../src/controller/runner.ts';
import { createMetrics } from '../src/metrics/metrics.ts';
import { memoryApi } from './memory-api.ts';
import { recordingLog, recordingRecorder } from './recording.ts';
import { type Widget, widget, widgets } from './widget.ts';

export const FINALIZER = 'finalizers.fluxcd.io';
export const ready: Ready = { reason: 'Succeeded', message: 'done' };

const metrics = createMetrics();
const indexes: Indexes<Widget> = { source: ({ spec }) => (spec?.source === undefined ? [] : [spec.source]) };

export interface BedOptions extends Partial<Controller<Widget>> {
  readonly objects?: readonly Widget[];
  readonly random?: () => number;
}

/** A controller at work on an API server in memory, with a reconciler that the test writes. */
export async function runnerBed({ objects = [settledWidget()], random = () => 0.5, ...parts }: BedOptions = {}) {
  const clock = fakeClock();
  const api = memoryApi();
  const [log, recorder, masks] = [recordingLog(), recordingRecorder(), createSecretMasks()];
  for (const object of objects) api.put(widgets, object);
  // A server in memory is never silent because it is gone.
  const informer = createInformer({ client: api.client, resource: widgets, clock, indexes, random: () => 0, stalledAfterMs: 1e12 });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  await clock.advance(0);

  const runs: string[] = [];
  let wake: (wake: Wake) => void = () => undefined;
  const trigger: Trigger = {
    name: 'test',
    subscribe(to) {
      wake = to;
      return { [Symbol.dispose]: () => undefined };
    },
  };
  const reconcile = parts.reconcile ?? (() => Promise.resolve(ready));
  const runner = startRunner({
    controller: {
      name: 'widget',
      resource: widgets,
      indexes,
      triggers: [trigger],
      concurrency: 4,
      finalize: () => Promise.resolve(),
      ...parts,
      reconcile: (object: Widget, context: ReconcileContext) => {
        runs.push(object.metadata.name);
        return reconcile(object, context);
      },
    },
    informer,
    client: api.client,
    clock,
    log,
    recorder,
    masks,
    metrics: metrics.forController('widget', 4),
    backOff: createBackOff({ minMs: 1_000, maxMs: 8_000, random: () => 0 }),
    fieldManager: 'widget-controller',
    intervalJitter: 0.1,
    random,
  });
  return {
    api,
    clock,
    log,
    recorder,
    runner,
    /** The names of the objects that were reconciled, in order. */
    runs,
    wake: (how: Wake) => wake(how),
    async [Symbol.asyncDispose]() {
      runner[Symbol.dispose]();
      stop.abort();
      await running;
    },
  };
}

/** A widget with our finalizer, as it is after its first run. */
export const settledWidget = (overrides: Parameters<typeof widget>[0] = {}): Widget =>
  widget({ ...overrides, metadata: { finalizers: [FINALIZER], ...overrides.metadata } });

/** A promise that the test keeps. */
export const gate = () => Promise.withResolvers<void>();
