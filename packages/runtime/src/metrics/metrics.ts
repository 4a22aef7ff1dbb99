import type { KubeObject } from '@gotk/apimachinery';
import type { Informer } from '@gotk/kube';
import { Registry } from 'prom-client';
import type { Outcome } from '../controller/outcome.ts';
import { collectNodeMetrics } from './node.ts';
import { createObjectSeries } from './object-series.ts';
import type { QueueMetrics } from './queue.ts';
import { createSeries, type Series } from './series.ts';

/** What one controller reports of its work and of its objects. */
export interface ControllerMetrics {
  reconciled(object: KubeObject, outcome: Outcome['kind'], durationMs: number): void;
  /** A run ended with an error that nothing is there to handle: a bug of the runtime. */
  panicked(): void;
  /** Keeps the condition and suspend gauges equal to the object. */
  observe(object: KubeObject): void;
  /** Takes away every series of an object that is gone. */
  forget(object: KubeObject): void;
  load(now: { readonly queued: number; readonly active: number }): void;
  readonly queue: QueueMetrics;
}

/** One request to an API server; code 0 when there was no answer. */
export interface MeasuredRequest {
  readonly verb: string;
  readonly method: string;
  /** The plural of what was asked for. */
  readonly resource: string;
  readonly code: number;
  readonly durationMs: number;
}

/** The metrics of one process. Label values come from flags, code and the objects that exist: their number is bounded. */
export interface RuntimeMetrics {
  /** For the metrics of a controller's own. */
  readonly registry: Registry;
  /** `workers`: how many objects the controller runs at once. */
  forController(name: string, workers: number): ControllerMetrics;
  /** Takes what a client of that server asks (`onRequest`). Of more than a hundred servers, the later ones count together. */
  requestsTo(server: string): (request: MeasuredRequest) => void;
  /** Counts what the informer holds and sees, until it is let go of. Once an informer. */
  informer(kind: string, informer: Informer<KubeObject>): Disposable;
  /** Shows whether this process holds the lease; asked at every scrape. */
  leads(lease: string, holds: () => boolean): void;
  /** An event was given up because the notification-controller did not keep up. */
  eventDropped(): void;
  /** Everything, in the text format of Prometheus, in slices that leave the event loop its turns. */
  expose(): AsyncGenerator<string>;
}

/** What controller-runtime calls the ways a run can end. */
const RESULT: Readonly<Record<Outcome['kind'], string>> = {
  ready: 'success',
  waiting: 'requeue_after',
  stalled: 'error',
  failed: 'error',
  superseded: 'requeue',
};

const MAX_HOSTS = 100;

/** Upstream's names, types and labels, so that its dashboards keep working; Node's own; and some of ours. */
export function createMetrics(): RuntimeMetrics {
  const registry = new Registry();
  collectNodeMetrics(registry);
  const series = createSeries(registry);
  const objects = createObjectSeries();
  const hosts = new Set<string>();
  const collectors: (() => void)[] = [];

  return {
    registry,
    requestsTo(server) {
      const known = URL.parse(server)?.host ?? server;
      if (hosts.size < MAX_HOSTS) hosts.add(known);
      const host = hosts.has(known) ? known : 'other';
      return ({ verb, method, resource, code, durationMs }) => {
        series.requests.inc({ code: code === 0 ? '<error>' : String(code), method, host });
        series.requestSeconds.observe({ verb: method, host }, durationMs / 1000);
        series.asked.inc({ verb, resource });
      };
    },
    forController(controller, workers) {
      announce(series, controller, workers);
      return {
        queue: queueMetrics(series, controller, (collect) => collectors.push(collect)),
        observe: objects.observe,
        forget: objects.forget,
        reconciled(object, outcome, durationMs) {
          objects.took(object, durationMs);
          series.runSeconds.observe({ controller }, durationMs / 1000);
          series.reconciles.inc({ controller, result: RESULT[outcome] });
          if (outcome === 'failed' || outcome === 'stalled') series.errors.inc({ controller });
          if (outcome === 'stalled') series.terminalErrors.inc({ controller });
        },
        panicked: () => series.panics.inc({ controller }),
        load({ queued, active }) {
          series.queued.set({ name: controller, controller }, queued);
          series.active.set({ controller }, active);
        },
      };
    },
    informer(kind, informer) {
      let held = 0;
      const hold = (more: number) => {
        held += more;
        series.cached.inc({ kind }, more);
      };
      const subscription = informer.subscribe(({ kind: type }) => {
        series.changes.inc({ kind, type });
        if (type !== 'updated') hold(type === 'added' ? 1 : -1);
      });
      return {
        [Symbol.dispose]() {
          subscription[Symbol.dispose]();
          hold(-held);
        },
      };
    },
    leads: (name, holds) => collectors.push(() => series.leads.set({ name }, holds() ? 1 : 0)),
    eventDropped: () => series.eventsDropped.inc(),
    async *expose() {
      for (const collect of collectors) collect();
      yield await registry.metrics();
      yield* objects.slices();
    },
  };
}

/** A rate is known only of a series that has been 0 before. */
function announce(series: Series, controller: string, workers: number): void {
  for (const result of new Set(Object.values(RESULT))) series.reconciles.inc({ controller, result }, 0);
  for (const counter of [series.errors, series.terminalErrors, series.panics]) counter.inc({ controller }, 0);
  series.runSeconds.zero({ controller });
  series.workers.set({ controller }, workers);
  series.active.set({ controller }, 0);
}

function queueMetrics(series: Series, controller: string, onScrape: (collect: () => void) => void): QueueMetrics {
  const labels = { name: controller, controller };
  for (const counter of [series.adds, series.retries]) counter.inc(labels, 0);
  for (const histogram of [series.queueSeconds, series.workSeconds]) histogram.zero(labels);
  for (const gauge of [series.queued, series.unfinished, series.longest]) gauge.set(labels, 0);
  return {
    added: () => series.adds.inc(labels),
    retried: () => series.retries.inc(labels),
    taken: (waitedMs) => series.queueSeconds.observe(labels, waitedMs / 1000),
    done: (workedMs) => series.workSeconds.observe(labels, workedMs / 1000),
    watchRunning(agesMs) {
      onScrape(() => {
        const ages = agesMs();
        series.unfinished.set(labels, ages.reduce((total, ms) => total + ms, 0) / 1000);
        series.longest.set(labels, Math.max(0, ...ages) / 1000);
      });
    },
  };
}
