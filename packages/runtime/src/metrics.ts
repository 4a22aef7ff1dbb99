import type { KubeObject } from '@gotk/apimachinery';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { objectSeries } from './object-series.ts';
import type { Outcome } from './outcome.ts';
import { createSeries } from './series.ts';

/** What one controller reports of its work and of its objects. */
export interface ControllerMetrics {
  reconciled(object: KubeObject, outcome: Outcome['kind'], durationMs: number): void;
  /** Keeps the condition and suspend gauges equal to the object. */
  observe(object: KubeObject): void;
  /** Takes away every series of an object that is gone. */
  forget(object: KubeObject): void;
  load(now: { readonly queued: number; readonly active: number }): void;
}

export interface RuntimeMetrics {
  readonly registry: Registry;
  forController(name: string): ControllerMetrics;
  /** One request to the API server; code 0 when there was no answer. */
  request(seen: { readonly method: string; readonly code: number; readonly durationMs: number }): void;
}

/** What controller-runtime calls the ways a run can end. */
const RESULT: Readonly<Record<Outcome['kind'], string>> = {
  ready: 'success',
  waiting: 'requeue_after',
  stalled: 'error',
  failed: 'error',
  superseded: 'requeue',
};

/** The metrics of one process: upstream's names and labels, so that its dashboards keep working, and Node's own (memory, event-loop lag). */
export function createMetrics(): RuntimeMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const series = createSeries(registry);
  return {
    registry,
    request({ method, code, durationMs }) {
      series.requests.inc({ method, code: code === 0 ? '<error>' : String(code) });
      series.requestSeconds.observe({ verb: method }, durationMs / 1000);
    },
    forController(controller) {
      const objects = objectSeries(series);
      return {
        observe: objects.observe,
        forget: objects.forget,
        reconciled(object, outcome, durationMs) {
          objects.took(object, durationMs);
          series.reconciles.inc({ controller, result: RESULT[outcome] });
          if (outcome === 'failed' || outcome === 'stalled') series.errors.inc({ controller });
        },
        load({ queued, active }) {
          series.queued.set({ name: controller, controller }, queued);
          series.active.set({ controller }, active);
        },
      };
    },
  };
}
