import type { KubeObject } from '@gotk/apimachinery';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Outcome } from './outcome.ts';
import type { StatusBearing } from './summarise.ts';

/** What one controller reports of its objects. Names and labels are upstream's, so that its dashboards keep working. */
export interface ControllerMetrics {
  reconciled(object: StatusBearing, outcome: Outcome['kind'], durationMs: number): void;
  /** Keeps the condition and suspend gauges equal to the object. */
  observe(object: StatusBearing): void;
  /** Takes away every series of an object that is gone. */
  forget(object: KubeObject): void;
}

export interface RuntimeMetrics {
  readonly registry: Registry;
  forController(name: string): ControllerMetrics;
  request(seen: { readonly method: string; readonly code: number; readonly durationMs: number }): void;
}

const OBJECT = ['kind', 'name', 'namespace'] as const;
/** Ten exponential buckets from 10 ms to 30 min, as upstream has them (seconds). */
const BUCKETS = Array.from({ length: 10 }, (_, index) => 0.01 * (1800 / 0.01) ** (index / 9));

export function createMetrics(): RuntimeMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'gotk_reconcile_duration_seconds',
    help: 'The duration in seconds of a reconciliation.',
    labelNames: OBJECT,
    buckets: BUCKETS,
    registers,
  });
  const condition = new Gauge({
    name: 'gotk_reconcile_condition',
    help: 'The current condition status of an object.',
    labelNames: [...OBJECT, 'type', 'status'],
    registers,
  });
  const suspended = new Gauge({
    name: 'gotk_suspend_status',
    help: 'Whether an object is suspended (1) or not (0).',
    labelNames: OBJECT,
    registers,
  });
  const total = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciliations per controller and result.',
    labelNames: ['controller', 'result'],
    registers,
  });
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server by method and status code.',
    labelNames: ['method', 'code'],
    registers,
  });

  const labelsOf = ({ kind, metadata }: KubeObject) => ({ kind, name: metadata.name, namespace: metadata.namespace ?? '' });
  const STATUSES = ['True', 'False', 'Unknown', 'Deleted'] as const;

  return {
    registry,
    request: ({ method, code }) => requests.inc({ method, code: code === 0 ? '<error>' : String(code) }),
    forController: (controller) => ({
      reconciled(object, outcome, durationMs) {
        duration.observe(labelsOf(object), durationMs / 1000);
        total.inc({ controller, result: RESULTS[outcome] });
      },
      observe(object) {
        const labels = labelsOf(object);
        for (const { type, status } of object.status?.conditions ?? []) {
          for (const candidate of STATUSES) condition.set({ ...labels, type, status: candidate }, candidate === status ? 1 : 0);
        }
        suspended.set(labels, (object as { spec?: { suspend?: boolean } }).spec?.suspend === true ? 1 : 0);
      },
      forget(object) {
        const labels = labelsOf(object);
        duration.remove(labels);
        suspended.remove(labels);
        for (const { type } of (object as StatusBearing).status?.conditions ?? []) {
          for (const status of STATUSES) condition.remove({ ...labels, type, status });
        }
      },
    }),
  };
}

const RESULTS: Readonly<Record<Outcome['kind'], string>> = {
  ready: 'success',
  waiting: 'requeue_after',
  stalled: 'error',
  failed: 'error',
  superseded: 'requeue',
};
