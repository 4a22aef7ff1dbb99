// The one module that imports OpenTelemetry, and loaded only by processes that export traces.
import type { Clock } from '@gotk/apimachinery';
import type { SecretMasks } from '@gotk/auth';
import {
  type Attributes,
  type Context,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Logger } from '../log/log.ts';
import { presentable, type Redact } from '../log/presentable.ts';
import type { Sampling, TracingSettings } from './settings.ts';
import type { Span, SpanAttributes } from './span.ts';

export interface Exporting {
  readonly root: Span;
  /** Sends what is left. Rejects when that fails. */
  shutdown(): Promise<void>;
}

export interface ExportingOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** What is known of each namespace's Secrets. */
  readonly masks: SecretMasks;
}

const MAX_TEXT = 1_024;
/** A collector that is down is worth a line now and then. */
const QUIET_MS = 60_000;

/**
 * Spans through OpenTelemetry's own SDK: a bounded queue, batches, and an exporter that works in the background. No context manager is registered: parents
 * are passed on by hand.
 */
export function createExporting(settings: TracingSettings, { clock, log, masks }: ExportingOptions): Exporting {
  const { batch, resource, sampler } = settings;
  const exporter = telling(exporterOf(settings), { clock, log });
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(resource)),
    sampler: samplerOf(sampler),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter,
        scheduledDelayMillis: batch.delayMs,
        exportTimeoutMillis: batch.exportTimeoutMs,
        maxQueueSize: batch.maxQueued,
        maxExportBatchSize: batch.maxBatch,
      }),
    ],
  });
  const tracer = provider.getTracer('@gotk/runtime');
  return {
    root: {
      run(name, work, attributes) {
        const { redact } = masks.of(String(attributes?.['k8s.namespace.name'] ?? ''));
        return runIn(tracer, ROOT_CONTEXT, { name, work, attributes, redact });
      },
      set: () => undefined,
      fail: () => undefined,
      traceparent: undefined,
    },
    shutdown: () => provider.shutdown(),
  };
}

interface Work<T> {
  readonly name: string;
  readonly work: (part: Span) => Promise<T>;
  readonly attributes: SpanAttributes | undefined;
  readonly redact: Redact;
}

async function runIn<T>(tracer: Tracer, parent: Context, { name, work, attributes, redact }: Work<T>): Promise<T> {
  const span = tracer.startSpan(name, { attributes: clean(attributes ?? {}, redact) }, parent);
  const context = trace.setSpan(parent, span);
  const fail = (message: string) =>
    void span.setStatus({ code: SpanStatusCode.ERROR, message: presentable(message, { maxCharacters: MAX_TEXT, redact }) });
  const part: Span = {
    run: (inner, innerWork, innerAttributes) =>
      runIn(tracer, context, { name: inner, work: innerWork, attributes: innerAttributes, redact }),
    set: (more) => void span.setAttributes(clean(more, redact)),
    fail,
    traceparent: traceparentOf(span),
  };
  try {
    return await work(part);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
    if (error instanceof Error) span.setAttribute('error.type', error.name);
    throw error;
  } finally {
    span.end();
  }
}

function traceparentOf(span: OtelSpan): string | undefined {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return (traceFlags & TraceFlags.SAMPLED) === 0 ? undefined : `00-${traceId}-${spanId}-01`;
}

function clean(attributes: SpanAttributes, redact: Redact): Attributes {
  const cleaned: Attributes = {};
  for (const [key, value] of Object.entries(attributes))
    cleaned[key] = typeof value === 'string' ? presentable(value, { maxCharacters: MAX_TEXT, redact }) : value;
  return cleaned;
}

function exporterOf({ exporter, url, headers, timeoutMs }: TracingSettings): SpanExporter {
  return exporter === 'console' ? new ConsoleSpanExporter() : new OTLPTraceExporter({ url, headers, timeoutMillis: timeoutMs });
}

function samplerOf(sampling: Sampling): Sampler {
  switch (sampling.kind) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(sampling.ratio);
  }
}

/** The same exporter, whose failures are told of: the SDK keeps them to itself. */
function telling(exporter: SpanExporter, { clock, log }: Pick<ExportingOptions, 'clock' | 'log'>): SpanExporter {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.code !== 0 && clock.monotonic() - toldAtMs >= QUIET_MS) {
          toldAtMs = clock.monotonic();
          log.error('traces were not delivered', result.error, { spans: spans.length });
        }
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}
