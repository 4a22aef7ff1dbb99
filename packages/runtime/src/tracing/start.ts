import type { Clock } from '@gotk/apimachinery';
import { createSecretMasks, type SecretMasks } from '@gotk/auth';
import type { Logger } from '../log/log.ts';
import { firstOf } from '../manager/drain.ts';
import { type Environment, tracingSettings } from './settings.ts';
import { noSpan, type Span } from './span.ts';

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
  /** What is known of each namespace's Secrets. */
  readonly masks?: SecretMasks;
}

const FLUSH_MS = 3_000;

const off: Tracing = { root: noSpan, [Symbol.asyncDispose]: () => Promise.resolve() };

/**
 * Starts to export traces if the environment names an exporter (`OTEL_TRACES_EXPORTER`) or an endpoint (`OTEL_EXPORTER_OTLP_ENDPOINT`); otherwise nothing of
 * OpenTelemetry is even loaded. What is wrong with the environment is logged, and never keeps a process from starting.
 */
export async function startTracing({
  variables,
  serviceName,
  version,
  clock,
  log,
  masks = createSecretMasks(),
}: TracingOptions): Promise<Tracing> {
  const { settings, problems } = tracingSettings(variables, { serviceName, version });
  for (const problem of problems) log.error('a setting of OpenTelemetry is left out', undefined, { problem });
  if (settings === undefined) return off;
  try {
    const { createExporting } = await import('./otel.ts');
    const exporting = createExporting(settings, { clock, log, masks });
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
