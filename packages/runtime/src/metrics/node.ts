import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/** Lag is looked for so often: more often would keep an idle process busy, and finds no more of what lasts for longer. */
const RESOLUTION_MS = 100;
const NS_PER_SECOND = 1e9;

/**
 * What Node knows of the process: `process_*` under the names that every Prometheus client uses, and `nodejs_*` (event-loop lag, heap, garbage collection,
 * handles).
 *
 * Of Go's own metrics there is one, because a dashboard of Flux shows it and it means the same here: the bytes that the program's objects occupy.
 */
export function collectNodeMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 10_000 });
  measureLag(registry);
  const registers = [registry];
  new Gauge({
    name: 'nodejs_array_buffers_bytes',
    help: 'Memory of ArrayBuffers and Buffers, outside the heap.',
    registers,
    collect() {
      this.set(process.memoryUsage().arrayBuffers);
    },
  });
  new Gauge({
    name: 'go_memstats_alloc_bytes',
    help: 'Bytes that live objects occupy: the used heap of JavaScript, and what its objects hold outside.',
    registers,
    collect() {
      const { heapUsed, external } = process.memoryUsage();
      this.set(heapUsed + external);
    },
  });
}

type Lag = ReturnType<typeof monitorEventLoopDelay>;

const FIGURES: Readonly<Record<string, (lag: Lag) => number>> = {
  min: ({ min }) => min,
  mean: ({ mean }) => mean,
  p50: (lag) => lag.percentile(50),
  p90: (lag) => lag.percentile(90),
  p99: (lag) => lag.percentile(99),
  max: ({ max }) => max,
};
const LAST_FIGURE = 'max';

/**
 * The client library's figures hold the pause between two looks as well, and so say 10 ms of a loop that is idle: these are the lag alone.
 *
 * A monitor that was set back misses what comes until its next look, which after a scrape is the work of the scrape itself. So there are two, set back in turn:
 * each scrape shows the one that was not, and covers the time since the last scrape but one.
 */
function measureLag(registry: Registry): void {
  let [shown, next] = [startMonitor(), startMonitor()];
  registry.removeSingleMetric('nodejs_eventloop_lag_stddev_seconds');
  for (const [figure, read] of Object.entries(FIGURES)) {
    const name = `nodejs_eventloop_lag_${figure}_seconds`;
    registry.removeSingleMetric(name);
    new Gauge({
      name,
      help: `How late the event loop came to a timer since the last scrape but one: ${figure}.`,
      registers: [registry],
      collect() {
        this.set(shown.count === 0 ? 0 : Math.max(0, read(shown) / NS_PER_SECOND - RESOLUTION_MS / 1000));
        if (figure !== LAST_FIGURE) return;
        shown.reset();
        [shown, next] = [next, shown];
      },
    });
  }
}

function startMonitor(): Lag {
  const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  lag.enable();
  return lag;
}
