import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const OBJECT = ['kind', 'name', 'namespace'] as const;

/** Ten exponential buckets from 10 ms to 30 min, as upstream has them (seconds). */
const RECONCILE_BUCKETS = Array.from({ length: 10 }, (_, index) => Number((0.01 * (1800 / 0.01) ** (index / 9)).toPrecision(12)));
const REQUEST_BUCKETS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

/** Every metric that the runtime exports, by upstream's name. */
export function createSeries(registry: Registry) {
  const registers = [registry];
  return {
    duration: new Histogram({
      name: 'gotk_reconcile_duration_seconds',
      help: 'How long the runs of an object took.',
      labelNames: OBJECT,
      buckets: RECONCILE_BUCKETS,
      registers,
    }),
    condition: new Gauge({
      name: 'gotk_reconcile_condition',
      help: 'The conditions of an object: 1 for the status that each has.',
      labelNames: [...OBJECT, 'type', 'status'],
      registers,
    }),
    suspended: new Gauge({
      name: 'gotk_suspend_status',
      help: 'Whether an object is suspended (1) or not (0).',
      labelNames: OBJECT,
      registers,
    }),
    reconciles: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Runs of a controller by result.',
      labelNames: ['controller', 'result'],
      registers,
    }),
    errors: new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Runs of a controller that failed or stalled.',
      labelNames: ['controller'],
      registers,
    }),
    active: new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Objects of a controller that run now.',
      labelNames: ['controller'],
      registers,
    }),
    queued: new Gauge({
      name: 'workqueue_depth',
      help: 'Objects of a controller that could run now if a worker were free.',
      labelNames: ['name', 'controller'],
      registers,
    }),
    requests: new Counter({
      name: 'rest_client_requests_total',
      help: 'Requests to the API server by method and status code.',
      labelNames: ['method', 'code'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'rest_client_request_duration_seconds',
      help: 'How long the API server took to answer.',
      labelNames: ['verb'],
      buckets: REQUEST_BUCKETS,
      registers,
    }),
  };
}

export type Series = ReturnType<typeof createSeries>;
