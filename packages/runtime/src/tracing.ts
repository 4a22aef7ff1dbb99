import type { Clock, KubeObject } from '@gotk/apimachinery';
import { firstOf } from './drain.ts';
import type { Logger } from './log.ts';
import type { Outcome } from './outcome.ts';
import { type Environment, tracingSettings } from './tracing-settings.ts';

export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * A piece of work that shows in a trace, if traces are exported. Handed on from caller to callee: what belongs to what is known without `async_hooks`.
 * Nothing here ever fails or delays the work.
 */
export interface Span {
  /** Does the work as a part of this one. What it throws is noted and thrown on. Attributes go out without credentials. */
  run<T>(name: string, work: (part: Span) => Promise<T>, attributes?: SpanAttributes): Promise<T>;
  set(attributes: SpanAttributes): void;
  /** Notes that the work failed although it did not throw. */
  fail(message: string): void;
  /** The W3C header for a request made on behalf of this span; undefined when it is not recorded. */
  readonly traceparent: string | undefined;
}

/** Work that is not recorded. */
export const noSpan: Span = {
  run: (_name, work) => work(noSpan),
  set: () => undefined,
  fail: () => undefined,
  traceparent: undefined,
};

/** The exporter of one process. Disposing sends what is left, for three seconds at most. */
export interface Tracing extends AsyncDisposable {
  /** Each `run` of it begins a trace of its own. */
  readonly root: Span;
}

export interface TracingOptions {
  /** The standard variables `OTEL_*`. */
  readonly variables: Environment;
  /** Unless the environment names another. */
  readonly serviceName: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const FLUSH_MS = 3_000;

const off: Tracing = { root: noSpan, [Symbol.asyncDispose]: () => Promise.resolve() };

/**
 * Starts to export traces if the environment names an exporter (`OTEL_TRACES_EXPORTER`) or an endpoint (`OTEL_EXPORTER_OTLP_ENDPOINT`); otherwise nothing of
 * OpenTelemetry is even loaded. What is wrong with the environment is logged, and never keeps a process from starting.
 */
export async function startTracing({ variables, serviceName, version, clock, log }: TracingOptions): Promise<Tracing> {
  const { settings, problems } = tracingSettings(variables, { serviceName, version });
  for (const problem of problems) log.error('a setting of OpenTelemetry is left out', undefined, { problem });
  if (settings === undefined) return off;
  try {
    const { createExporting } = await import('./tracing-otel.ts');
    const exporting = createExporting(settings, { clock, log });
    log.info('exporting traces', { exporter: settings.exporter, endpoint: settings.url, sampler: settings.sampler.kind });
    return {
      root: exporting.root,
      async [Symbol.asyncDispose]() {
        const sent = exporting.shutdown().catch((error) => log.error('the last traces were not delivered', error));
        await firstOf(sent, { clock, ms: FLUSH_MS });
      },
    };
  } catch (error) {
    log.error('no traces are exported', error);
    return off;
  }
}

export interface TracedRun<T> {
  readonly reconcileID: string;
  readonly work: (span: Span) => Promise<T>;
}

/** One run of one object as one span: `reconcile Kustomization`, with the object and the outcome as attributes. */
export function traceRun<T extends { readonly outcome: Outcome } | undefined>(
  root: Span,
  { kind, metadata: { name, namespace, generation } }: KubeObject,
  { reconcileID, work }: TracedRun<T>,
): Promise<T> {
  const run = async (span: Span): Promise<T> => {
    const ended = await work(span);
    if (ended === undefined) return ended;
    const { outcome } = ended;
    span.set({ 'gotk.outcome': outcome.kind });
    if (outcome.kind === 'failed' || outcome.kind === 'stalled') span.fail(outcome.by.message);
    return ended;
  };
  return root.run(`reconcile ${kind}`, run, {
    'gotk.kind': kind,
    'gotk.name': name,
    'k8s.namespace.name': namespace,
    'gotk.generation': generation,
    'gotk.reconcile_id': reconcileID,
  });
}
