import { systemClock } from '@gotk/apimachinery';
import { createKubeClient } from '@gotk/kube';
import { loadConnection } from '@gotk/kube/kubeconfig';
import { expect, inject, test } from 'vitest';
import { Failed } from '../src/controller/outcome.ts';
import { createManager } from '../src/manager/create-manager.ts';
import { createMetrics } from '../src/metrics/metrics.ts';
import { cluster } from './cluster.ts';
import { recordingLog } from './recording.ts';
import type { Widget } from './widget.ts';

/**
 * What the queries of Flux's public dashboards (`control-plane.json`, `cluster.json` of flux2-monitoring-example) ask of a controller, and what controller-runtime
 * and fluxcd/pkg export beside: name → type and labels.
 *
 * Not here: `go_info`, by which one panel counts pods (this is no Go program), `gotk_resource_info` and `container_*`, which kube-state-metrics and the kubelet
 * export, and the label `exported_namespace`, into which Prometheus renames `namespace`.
 */
const ASKED: Readonly<Record<string, readonly [type: 'counter' | 'gauge' | 'histogram', ...labels: readonly string[]]>> = {
  controller_runtime_reconcile_total: ['counter', 'controller', 'result'],
  controller_runtime_reconcile_time_seconds: ['histogram', 'controller'],
  go_memstats_alloc_bytes: ['gauge'],
  gotk_reconcile_duration_seconds: ['histogram', 'kind', 'name', 'namespace'],
  process_cpu_seconds_total: ['counter'],
  rest_client_requests_total: ['counter', 'code', 'method', 'host'],
  workqueue_longest_running_processor_seconds: ['gauge', 'name', 'controller'],
  workqueue_work_duration_seconds: ['histogram', 'name', 'controller'],

  controller_runtime_active_workers: ['gauge', 'controller'],
  controller_runtime_max_concurrent_reconciles: ['gauge', 'controller'],
  controller_runtime_reconcile_errors_total: ['counter', 'controller'],
  controller_runtime_reconcile_panics_total: ['counter', 'controller'],
  controller_runtime_terminal_reconcile_errors_total: ['counter', 'controller'],
  gotk_reconcile_condition: ['gauge', 'kind', 'name', 'namespace', 'type', 'status'],
  gotk_suspend_status: ['gauge', 'kind', 'name', 'namespace'],
  leader_election_master_status: ['gauge', 'name'],
  process_resident_memory_bytes: ['gauge'],
  process_start_time_seconds: ['gauge'],
  rest_client_request_duration_seconds: ['histogram', 'verb', 'host'],
  workqueue_adds_total: ['counter', 'name', 'controller'],
  workqueue_depth: ['gauge', 'name', 'controller'],
  workqueue_queue_duration_seconds: ['histogram', 'name', 'controller'],
  workqueue_retries_total: ['counter', 'name', 'controller'],
  workqueue_unfinished_work_seconds: ['gauge', 'name', 'controller'],

  gotk_informer_events_total: ['counter', 'kind', 'type'],
  gotk_informer_objects: ['gauge', 'kind'],
  gotk_kube_requests_total: ['counter', 'verb', 'resource'],
  nodejs_array_buffers_bytes: ['gauge'],
  nodejs_eventloop_lag_max_seconds: ['gauge'],
  nodejs_eventloop_lag_p50_seconds: ['gauge'],
  nodejs_eventloop_lag_p99_seconds: ['gauge'],
  nodejs_external_memory_bytes: ['gauge'],
  nodejs_heap_size_used_bytes: ['gauge'],
};

/** Each sample's labels, by metric; a line that is no sample in Prometheus' text format breaks the test. */
function parse(text: string) {
  const types = new Map<string, string>();
  const samples = new Map<string, { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, typed, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (typed !== undefined && type !== undefined) types.set(typed, type);
    if (line.startsWith('#')) continue;
    const [, name, labels = '', value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`'${line}' is no sample`);
    const pairs = Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [key, text]));
    samples.set(name, [...(samples.get(name) ?? []), { labels: pairs, value: Number(value) }]);
  }
  return { types, samples };
}

test('whatever the dashboards ask for is there, once a controller has worked', async () => {
  await using bed = await cluster();
  const metrics = createMetrics();
  const connection = await loadConnection({ kubeconfigPath: inject('kubeconfigPath') });
  const client = createKubeClient({ connection, userAgent: 'dashboards-test/1', onRequest: metrics.requestsTo(connection.server) });
  let url = '';
  const manager = createManager({
    name: 'widget-controller',
    instance: 'pod-1',
    client,
    clock: systemClock,
    log: recordingLog(),
    metrics,
    watchNamespace: bed.namespace,
    metricsAddress: '127.0.0.1:0',
    onListening: (_server, at) => {
      url = at;
    },
    election: { namespace: bed.namespace, leaseDurationMs: 5_000, renewDeadlineMs: 4_000, retryPeriodMs: 500 },
  });
  manager.add<Widget>({
    name: 'widget',
    resource: bed.widgets,
    triggers: [],
    concurrency: 2,
    reconcile: ({ metadata }) =>
      metadata.name === 'fails'
        ? Promise.reject(new Failed({ reason: 'BuildFailed', message: 'no' }))
        : Promise.resolve({ reason: 'Succeeded', message: 'done' }),
    finalize: () => Promise.resolve(),
  });
  const stop = new AbortController();
  for (const name of ['works', 'fails', 'sleeps', 'goes']) await bed.createWidget(name);
  const suspend = { type: 'merge', body: { spec: { suspend: true } } } as const;
  await bed.client.patch(bed.widgets, { key: { namespace: bed.namespace, name: 'sleeps' }, patch: suspend }, { signal: bed.signal });
  const running = manager.run(stop.signal);
  const scrape = async () => parse(await (await fetch(`${url}/metrics`)).text());
  const sampleOf = async (metric: string, labels: Readonly<Record<string, string>>) => {
    const { samples } = await scrape();
    return samples.get(metric)?.find((each) => Object.entries(labels).every(([key, value]) => each.labels[key] === value))?.value;
  };
  const within = { timeout: 15_000, interval: 50 };
  await expect.poll(() => url, within).not.toBe('');

  const condition = (name: string, status: string) => sampleOf('gotk_reconcile_condition', { name, type: 'Ready', status });
  await expect.poll(() => condition('works', 'True'), within).toBe(1);
  await expect.poll(() => condition('goes', 'True'), within).toBe(1);
  await expect.poll(() => condition('fails', 'False'), within).toBe(1);
  expect(await condition('sleeps', 'Unknown')).toBe(1);
  expect(await sampleOf('gotk_suspend_status', { name: 'sleeps' })).toBe(1);
  expect(await sampleOf('gotk_suspend_status', { name: 'works' })).toBe(0);
  // The watch may tell of a status before its write is answered, and only then has the run ended.
  const ended = (result: string) => sampleOf('controller_runtime_reconcile_total', { controller: 'widget', result });
  await expect.poll(() => ended('success'), within).toBeGreaterThanOrEqual(2);
  await expect.poll(() => ended('error'), within).toBeGreaterThanOrEqual(1);
  expect(await sampleOf('leader_election_master_status', { name: 'widget-controller-leader-election' })).toBe(1);
  await expect.poll(() => sampleOf('workqueue_work_duration_seconds_count', { name: 'widget' }), within).toBeGreaterThanOrEqual(3);
  expect(await sampleOf('gotk_informer_objects', { kind: 'Widget' })).toBe(4);
  expect(
    await sampleOf('rest_client_requests_total', { code: '200', method: 'GET', host: new URL(connection.server).host }),
  ).toBeGreaterThan(0);

  const { types, samples } = await scrape();
  for (const [name, [type, ...labels]] of Object.entries(ASKED)) {
    expect([name, types.get(name)]).toEqual([name, type]);
    const [sample] = samples.get(type === 'histogram' ? `${name}_bucket` : name) ?? [];
    expect([name, Object.keys(sample?.labels ?? { none: '' }).sort()]).toEqual([
      name,
      [...labels, ...(type === 'histogram' ? ['le'] : [])].sort(),
    ]);
    if (type === 'histogram') expect([samples.has(`${name}_sum`), samples.has(`${name}_count`)]).toEqual([true, true]);
  }

  await bed.client.delete(bed.widgets, { namespace: bed.namespace, name: 'goes' }, { signal: bed.signal });
  await expect.poll(async () => JSON.stringify([...(await scrape()).samples.values()]).includes('"goes"'), within).toBe(false);
  stop.abort();
  await running;
  await client.close();
});
