import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/**
 * What Node knows of the process: `process_*` under the names that every Prometheus client uses, and `nodejs_*` (event-loop lag, heap, garbage collection,
 * handles).
 *
 * Of Go's own metrics there is one, because a dashboard of Flux shows it and it means the same here: the bytes that the program's objects occupy.
 */
export function collectNodeMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
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
