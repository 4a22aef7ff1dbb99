/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Which traces are recorded; `ratio` of all, by their id. */
export type Sampling =
  | { readonly kind: 'always_on' }
  | { readonly kind: 'always_off' }
  | { readonly kind: 'traceidratio'; readonly ratio: number };

/** How traces are exported. Holds secrets: `headers` must not be logged. */
export interface TracingSettings {
  readonly exporter: 'otlp' | 'console';
  /** Where OTLP is posted to. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: Sampling;
  readonly batch: {
    readonly delayMs: number;
    readonly exportTimeoutMs: number;
    /** Spans that wait to be exported; those beyond are dropped. */
    readonly maxQueued: number;
    readonly maxBatch: number;
  };
}

export interface Tracee {
  readonly serviceName: string;
  readonly version: string;
}

const DEFAULT_ENDPOINT = 'http://localhost:4318';
/** Spans in memory, whatever the environment asks for. */
const MOST_QUEUED = 65_536;
const LONGEST_MS = 3_600_000;

/**
 * What the environment variables of OpenTelemetry's specification ask for; no settings when traces are not to be exported. Unlike there, silence means no
 * export. What cannot be understood counts as not said and is among the problems, which name no values: some are secret.
 */
export function tracingSettings(
  variables: Environment,
  { serviceName, version }: Tracee,
): { readonly settings: TracingSettings | undefined; readonly problems: readonly string[] } {
  const problems: string[] = [];
  // As the specification has it: empty is the same as absent.
  const read = (name: string): string | undefined => variables[name]?.trim() || undefined;
  const readOtlp = (name: string): string | undefined => read(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? read(`OTEL_EXPORTER_OTLP_${name}`);

  const number = (
    name: string,
    text: string | undefined,
    { fallback, max }: { readonly fallback: number; readonly max: number },
  ): number => {
    if (text === undefined) return fallback;
    if (/^\d+$/.test(text) && Number(text) > 0) return Math.min(Number(text), max);
    problems.push(`${name} is not a positive whole number`);
    return fallback;
  };
  const pairs = (name: string): Readonly<Record<string, string>> => {
    const entries = (read(name) ?? '').split(',').filter((pair) => pair.trim() !== '');
    return Object.fromEntries(
      entries.flatMap((pair) => {
        const [key = '', ...value] = pair.split('=');
        try {
          if (key.trim() !== '' && value.length > 0) return [[decodeURIComponent(key.trim()), decodeURIComponent(value.join('=').trim())]];
        } catch {
          // A stray percent sign: said below.
        }
        problems.push(`${name} holds something other than key=value`);
        return [];
      }),
    );
  };

  const exporter = exporterOf(read, problems);
  if (exporter === undefined) return { settings: undefined, problems };
  const own = read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT');
  const common = (read('OTEL_EXPORTER_OTLP_ENDPOINT') ?? DEFAULT_ENDPOINT).replace(/\/$/, '');
  const url = own ?? `${common}/v1/traces`;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    problems.push('the endpoint is not an http or https URL: no traces are exported');
    return { settings: undefined, problems };
  }
  const protocol = readOtlp('PROTOCOL') ?? 'http/json';
  if (protocol !== 'http/json') problems.push('the protocol is http/json, whatever OTEL_EXPORTER_OTLP_PROTOCOL says');
  const most = { ms: LONGEST_MS, queued: MOST_QUEUED };
  const batch = (name: string, fallback: number, max: number) => number(`OTEL_BSP_${name}`, read(`OTEL_BSP_${name}`), { fallback, max });
  const maxQueued = batch('MAX_QUEUE_SIZE', 2_048, most.queued);
  return {
    problems,
    settings: {
      exporter,
      url,
      headers: { ...pairs('OTEL_EXPORTER_OTLP_HEADERS'), ...pairs('OTEL_EXPORTER_OTLP_TRACES_HEADERS') },
      timeoutMs: number('OTEL_EXPORTER_OTLP_TIMEOUT', readOtlp('TIMEOUT'), { fallback: 10_000, max: most.ms }),
      resource: {
        'service.name': serviceName,
        'service.version': version,
        ...pairs('OTEL_RESOURCE_ATTRIBUTES'),
        ...(read('OTEL_SERVICE_NAME') === undefined ? {} : { 'service.name': read('OTEL_SERVICE_NAME') ?? '' }),
      },
      sampler: samplingOf(read, problems),
      batch: {
        delayMs: batch('SCHEDULE_DELAY', 5_000, most.ms),
        exportTimeoutMs: batch('EXPORT_TIMEOUT', 30_000, most.ms),
        maxQueued,
        maxBatch: Math.min(maxQueued, batch('MAX_EXPORT_BATCH_SIZE', 512, most.queued)),
      },
    },
  };
}

type Read = (name: string) => string | undefined;

function exporterOf(read: Read, problems: string[]): TracingSettings['exporter'] | undefined {
  if (read('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  const named = read('OTEL_TRACES_EXPORTER')?.toLowerCase();
  switch (named) {
    case undefined: {
      const endpoint = read('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? read('OTEL_EXPORTER_OTLP_ENDPOINT');
      return endpoint === undefined ? undefined : 'otlp';
    }
    case 'none':
      return undefined;
    case 'otlp':
    case 'console':
      return named;
    default:
      problems.push('OTEL_TRACES_EXPORTER is none of none, otlp, console');
      return undefined;
  }
}

/** Every trace begins here, and so what a parent was sampled as makes no difference: the forms with and without `parentbased_` are the same. */
function samplingOf(read: Read, problems: string[]): Sampling {
  const named =
    read('OTEL_TRACES_SAMPLER')
      ?.toLowerCase()
      .replace(/^parentbased_/, '') ?? 'always_on';
  if (named === 'always_on' || named === 'always_off') return { kind: named };
  if (named !== 'traceidratio') {
    problems.push('OTEL_TRACES_SAMPLER is no known sampler: every trace is exported');
    return { kind: 'always_on' };
  }
  const ratio = Number(read('OTEL_TRACES_SAMPLER_ARG') ?? '1');
  if (ratio >= 0 && ratio <= 1) return { kind: 'traceidratio', ratio };
  problems.push('OTEL_TRACES_SAMPLER_ARG is not a number from 0 to 1: every trace is exported');
  return { kind: 'always_on' };
}
