import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** As controller-runtime has them (seconds). */
const RUN_BUCKETS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3.5, 4, 4.5,
  5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];
/** Twelve from 10 ns, each ten times the one before. */
const QUEUE_BUCKETS = Array.from({ length: 12 }, (_, index) => Number(`1e${index - 8}`));

/** The metrics whose number of series does not depend on how many objects there are, by upstream's names, types and labels. */
export function createSeries(registry: Registry) {
  return { ...controllerSeries(registry), ...queueSeries(registry), ...clientSeries(registry), ...ownSeries(registry) };
}

export type Series = ReturnType<typeof createSeries>;

function controllerSeries(registry: Registry) {
  const common = { labelNames: ['controller'] as const, registers: [registry] };
  return {
    reconciles: new Counter({
      name: 'controller_runtime_reconcile_total',
      help: 'Runs of a controller by result.',
      labelNames: ['controller', 'result'],
      registers: [registry],
    }),
    errors: new Counter({
      name: 'controller_runtime_reconcile_errors_total',
      help: 'Runs of a controller that failed or stalled.',
      ...common,
    }),
    terminalErrors: new Counter({
      name: 'controller_runtime_terminal_reconcile_errors_total',
      help: 'Runs of a controller that stalled: trying again would not help.',
      ...common,
    }),
    panics: new Counter({
      name: 'controller_runtime_reconcile_panics_total',
      help: 'Runs of a controller that ended with an error nobody had foreseen where no error can be.',
      ...common,
    }),
    runSeconds: new Histogram({
      name: 'controller_runtime_reconcile_time_seconds',
      help: 'How long the runs of a controller took.',
      buckets: RUN_BUCKETS,
      ...common,
    }),
    workers: new Gauge({
      name: 'controller_runtime_max_concurrent_reconciles',
      help: 'Objects of a controller that may run at once.',
      ...common,
    }),
    active: new Gauge({
      name: 'controller_runtime_active_workers',
      help: 'Objects of a controller that run now.',
      ...common,
    }),
  };
}

function queueSeries(registry: Registry) {
  const common = { labelNames: ['name', 'controller'] as const, registers: [registry] };
  return {
    queued: new Gauge({
      name: 'workqueue_depth',
      help: 'Objects of a controller that could run now if a worker were free.',
      ...common,
    }),
    adds: new Counter({ name: 'workqueue_adds_total', help: 'How often an object was to run, once for each run.', ...common }),
    retries: new Counter({ name: 'workqueue_retries_total', help: 'How often an object was to run after a delay.', ...common }),
    queueSeconds: new Histogram({
      name: 'workqueue_queue_duration_seconds',
      help: 'How long objects that could run waited for a worker.',
      buckets: QUEUE_BUCKETS,
      ...common,
    }),
    workSeconds: new Histogram({
      name: 'workqueue_work_duration_seconds',
      help: 'How long a worker was busy with an object.',
      buckets: QUEUE_BUCKETS,
      ...common,
    }),
    unfinished: new Gauge({ name: 'workqueue_unfinished_work_seconds', help: 'Age of all runs in progress, in total.', ...common }),
    longest: new Gauge({
      name: 'workqueue_longest_running_processor_seconds',
      help: 'Age of the longest run in progress.',
      ...common,
    }),
  };
}

function clientSeries(registry: Registry) {
  const registers = [registry];
  return {
    requests: new Counter({
      name: 'rest_client_requests_total',
      help: 'Requests to API servers by status code, method and host.',
      labelNames: ['code', 'method', 'host'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'rest_client_request_duration_seconds',
      help: 'How long API servers took to answer.',
      labelNames: ['verb', 'host'],
      buckets: RUN_BUCKETS,
      registers,
    }),
    leads: new Gauge({
      name: 'leader_election_master_status',
      help: 'Whether this process holds the lease (1) or not (0).',
      labelNames: ['name'],
      registers,
    }),
  };
}

/** What upstream has no name for. */
function ownSeries(registry: Registry) {
  const registers = [registry];
  return {
    asked: new Counter({
      name: 'gotk_kube_requests_total',
      help: 'Requests to API servers by verb and kind of object: a list beyond the first is a relist, a watch beyond the first one opened again.',
      labelNames: ['verb', 'resource'],
      registers,
    }),
    cached: new Gauge({
      name: 'gotk_informer_objects',
      help: 'Objects that this process holds in memory.',
      labelNames: ['kind'],
      registers,
    }),
    changes: new Counter({
      name: 'gotk_informer_events_total',
      help: 'Changes that informers saw.',
      labelNames: ['kind', 'type'],
      registers,
    }),
    eventsDropped: new Counter({
      name: 'gotk_events_dropped_total',
      help: 'Events that were given up because the notification-controller did not keep up.',
      registers,
    }),
  };
}
