import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type KubeObject, systemClock } from '@gotk/apimachinery';
import { ApiError } from '@gotk/kube';
import { expect, test } from 'vitest';
import { memoryApi } from '../../test/memory-api.ts';
import { type LogLine, recordingLog } from '../../test/recording.ts';
import { widget, widgets } from '../../test/widget.ts';
import { Failed } from '../controller/outcome.ts';
import type { EventDraft } from '../events/events.ts';
import { tracedClient } from './client.ts';
import { tracedRecorder } from './recorder.ts';
import { traceRun } from './run.ts';
import { noSpan } from './span.ts';
import { startTracing } from './start.ts';

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
  readonly status: { readonly code: number; readonly message?: string };
}

interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: Pick<SentSpan, 'attributes'>;
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

/** What any collector is to an exporter: an HTTP server that takes OTLP in JSON. */
async function collector({ status = 200 } = {}) {
  const requests: { readonly headers: Readonly<Record<string, unknown>>; readonly body: Sent }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as Sent });
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    spans: () => requests.flatMap(({ body }) => body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function start(variables: Readonly<Record<string, string>>, lines: LogLine[] = []) {
  return startTracing({ variables, serviceName: 'widget-controller', version: '1.0.0', clock: systemClock, log: recordingLog(lines) });
}

const attributesOf = ({ attributes }: Pick<SentSpan, 'attributes'>) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const done = { outcome: { kind: 'ready', ready: { reason: 'Succeeded', message: '' } } } as const;

test('a run arrives as one trace: the run, its phases, their requests, with who, what and how it ended', async () => {
  await using receiver = await collector();
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20t0ken' });
  const api = memoryApi();
  api.put(widgets, widget());
  await traceRun(tracing.root, widget({ metadata: { generation: 3 } }), {
    reconcileID: 'r-1',
    async work(span) {
      await span.run('build', async (part) => {
        const client = tracedClient(api.client, part);
        await client.get(widgets, { namespace: 'apps', name: 'web' }, { signal: AbortSignal.timeout(1_000) });
      });
      return done;
    },
  });
  await tracing[Symbol.asyncDispose]();

  const [request] = receiver.requests;
  expect(request?.headers.authorization).toBe('Bearer t0ken');
  expect(attributesOf(request?.body.resourceSpans[0]?.resource ?? { attributes: [] })).toMatchObject({
    'service.name': 'widget-controller',
    'service.version': '1.0.0',
  });
  const [get, build, run] = receiver.spans();
  expect([run?.name, build?.name, get?.name]).toEqual(['reconcile Widget', 'build', 'get widgets']);
  expect([run?.parentSpanId, build?.parentSpanId, get?.parentSpanId]).toEqual([undefined, run?.spanId, build?.spanId]);
  expect(new Set(receiver.spans().map(({ traceId }) => traceId)).size).toBe(1);
  expect(attributesOf(run ?? { attributes: [] })).toEqual({
    'gotk.kind': 'Widget',
    'gotk.name': 'web',
    'k8s.namespace.name': 'apps',
    'gotk.generation': 3,
    'gotk.reconcile_id': 'r-1',
    'gotk.outcome': 'ready',
  });
  expect(attributesOf(get ?? { attributes: [] })).toMatchObject({ 'k8s.api.resource': 'widgets', 'k8s.object.name': 'web' });
});

test('a header for others names the span that they are asked on behalf of', async () => {
  await using receiver = await collector();
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const header = await tracing.root.run('outer', (outer) => outer.run('inner', async ({ traceparent }) => traceparent));
  await tracing[Symbol.asyncDispose]();
  const inner = receiver.spans().find(({ name }) => name === 'inner');
  expect(header).toBe(`00-${inner?.traceId}-${inner?.spanId}-01`);
});

test('what is recorded of a run is posted with its header; without a trace, as ever', async () => {
  await using receiver = await collector();
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const headers: unknown[] = [];
  const recorder = {
    record: (_object: KubeObject, _event: EventDraft, traceparent?: string) => void headers.push(traceparent),
    flush: () => Promise.resolve(),
  };
  const event: EventDraft = { severity: 'info', reason: 'Succeeded', message: 'done' };
  const expected = await tracing.root.run('work', async (span) => {
    tracedRecorder(recorder, span).record(widget(), event);
    return span.traceparent;
  });
  await tracing[Symbol.asyncDispose]();
  expect(headers).toEqual([expected]);
  expect(expected).toBeDefined();
  expect(tracedRecorder(recorder, noSpan)).toBe(recorder);
});

test('failures show, without credentials: those that are thrown and those that are outcomes', async () => {
  await using receiver = await collector();
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url });
  const secret = 'https://user:hunter2@example.dev/';
  const refused = new ApiError(`no ${secret}`, { status: 403, reason: 'Forbidden' });
  const api = memoryApi();
  const client = { ...api.client, get: () => Promise.reject(refused) };
  await traceRun(tracing.root, widget(), {
    reconcileID: 'r-1',
    async work(span) {
      const key = { namespace: 'apps', name: 'web' };
      const got = tracedClient(client, span).get(widgets, key, { signal: AbortSignal.timeout(1_000) });
      await expect(got).rejects.toBe(refused);
      span.set({ url: secret });
      return { outcome: { kind: 'failed', by: new Failed({ reason: 'Failed', message: `cloning ${secret}` }) } } as const;
    },
  });
  await tracing[Symbol.asyncDispose]();
  const [get, run] = receiver.spans();
  expect([get?.status.code, run?.status.code]).toEqual([2, 2]);
  expect(attributesOf(get ?? { attributes: [] })).toMatchObject({ 'http.response.status_code': 403, 'error.type': 'ApiError' });
  expect(attributesOf(run ?? { attributes: [] })['gotk.outcome']).toBe('failed');
  const sent = JSON.stringify(receiver.requests);
  expect(sent).toContain('*****');
  expect(sent).not.toContain('hunter2');
});

test.each([
  ['refuses', { status: 400 }],
  ['is not there', undefined],
])('a collector that %s fails no work, and is told of once', async (_what, behaviour) => {
  await using receiver = await collector(behaviour);
  const lines: LogLine[] = [];
  const tracing = await start(
    {
      OTEL_EXPORTER_OTLP_ENDPOINT: behaviour === undefined ? 'http://127.0.0.1:9' : receiver.url,
      OTEL_EXPORTER_OTLP_TIMEOUT: '300',
      OTEL_BSP_SCHEDULE_DELAY: '10',
      OTEL_BSP_MAX_QUEUE_SIZE: '16',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '4',
    },
    lines,
  );
  const errors = () => lines.filter(({ level }) => level === 'error').map(({ message }) => message);
  for (let index = 0; index < 200; index++) expect(await tracing.root.run('work', async () => index)).toBe(index);
  await expect.poll(errors, { timeout: 5_000 }).toContain('traces were not delivered');
  await tracing[Symbol.asyncDispose]();
  expect(errors().filter((message) => message === 'traces were not delivered')).toHaveLength(1);
});

test('a collector that takes everything and answers nothing holds up neither the work nor the end', async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` });
  await tracing.root.run('work', async () => undefined);
  const began = performance.now();
  await tracing[Symbol.asyncDispose]();
  expect(performance.now() - began).toBeLessThan(8_000);
  server.closeAllConnections();
  server.close();
});

test('traces that are not sampled are neither sent nor named to others', async () => {
  await using receiver = await collector();
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_TRACES_SAMPLER: 'always_off' });
  expect(await tracing.root.run('work', async ({ traceparent }) => traceparent)).toBeUndefined();
  await tracing[Symbol.asyncDispose]();
  expect(receiver.requests).toEqual([]);
});

test('without an exporter nothing is recorded, and clients are as they were', async () => {
  const tracing = await start({});
  expect(tracing.root).toBe(noSpan);
  const { client } = memoryApi();
  expect(await tracing.root.run('work', async (span) => tracedClient(client, span))).toBe(client);
});

test.each([
  ['nothing', {}],
  ['something', { OTEL_TRACES_EXPORTER: 'console' }],
])('OpenTelemetry is loaded to export %s as needed', (what, variables) => {
  const script = `
    import { registerHooks } from 'node:module';
    let loaded = 0;
    registerHooks({
      resolve(specifier, context, next) {
        const found = next(specifier, context);
        if (found.url.includes('opentelemetry')) loaded += 1;
        return found;
      },
    });
    const { startTracing } = await import(${JSON.stringify(new URL('./start.ts', import.meta.url).href)});
    const log = { debug() {}, info() {}, error() {}, with: () => log };
    await startTracing({ variables: ${JSON.stringify(variables)}, serviceName: 'x', version: '1', clock: { monotonic: () => 0 }, log });
    process.stdout.write(String(loaded));`;
  const loaded = Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }));
  expect(loaded > 0).toBe(what === 'something');
});

test('an environment that makes no sense keeps nobody from working', async () => {
  const lines: LogLine[] = [];
  const tracing = await start({ OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' }, lines);
  expect(tracing.root).toBe(noSpan);
  expect(lines.map(({ message }) => message)).toEqual(['a setting of OpenTelemetry is left out']);
});
