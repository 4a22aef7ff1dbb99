import { Counter, Histogram, type Registry } from 'prom-client';
import type { PoolEvent } from '../workers/options.ts';

const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** What a worker pool does, as metrics: `createWorkerPool({ …, onEvent: poolMetrics(manager.metrics) })`. Once a registry: its pools count together. */
export function poolMetrics(registry: Registry): (event: PoolEvent) => void {
  const registers = [registry];
  const ran = new Histogram({
    name: 'gotk_worker_task_duration_seconds',
    help: 'How long tasks had a thread of the worker pool, by how they ended.',
    labelNames: ['task', 'end'],
    buckets: BUCKETS,
    registers,
  });
  const waited = new Histogram({
    name: 'gotk_worker_task_wait_seconds',
    help: 'How long tasks waited for a thread of the worker pool.',
    labelNames: ['task', 'lane'],
    buckets: BUCKETS,
    registers,
  });
  const slowed = new Counter({
    name: 'gotk_worker_tasks_slowed_total',
    help: 'Tasks that went on in the slow lane of the worker pool, because others waited.',
    labelNames: ['task'],
    registers,
  });
  const threads = new Counter({
    name: 'gotk_worker_threads_started_total',
    help: 'Threads that the worker pool started.',
    registers,
  });
  return (event) => {
    switch (event.kind) {
      case 'thread-started':
        return threads.inc();
      case 'started':
        return waited.observe({ task: event.task, lane: event.lane }, event.waitedMs / 1000);
      case 'slowed':
        return slowed.inc({ task: event.task });
      case 'ended':
        return ran.observe({ task: event.task, end: event.end }, event.ranMs / 1000);
    }
  };
}
