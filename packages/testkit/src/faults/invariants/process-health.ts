import { monitorEventLoopDelay } from 'node:perf_hooks';

/** I7: the event loop is never blocked for long. */
export function loopStaysFree(delay: { readonly p99Ms: number }, limitMs = 100): readonly string[] {
  return delay.p99Ms > limitMs ? [`the event loop's delay was ${Math.round(delay.p99Ms)} ms (p99), ${limitMs} ms are allowed`] : [];
}

export interface MemoryLevel {
  readonly beforeBytes: number;
  readonly afterBytes: number;
  /** What may have been learnt for good: compiled code, filled caches. Default: 16 MiB. */
  readonly toleranceBytes?: number;
}

/** I8: memory returns to its level. */
export function memoryReturns({ beforeBytes, afterBytes, toleranceBytes = 16 * MIB }: MemoryLevel): readonly string[] {
  const more = afterBytes - beforeBytes;
  return more > toleranceBytes
    ? [`memory is ${(more / MIB).toFixed(1)} MiB above its level, ${(toleranceBytes / MIB).toFixed(1)} are allowed`]
    : [];
}

/** I9: what is secret shows nowhere, neither as it is nor in base64 (as it stands in a Secret). */
export function noCanary(texts: Readonly<Record<string, string>>, canaries: readonly string[]): readonly string[] {
  return Object.entries(texts).flatMap(([place, text]) =>
    canaries
      .map((canary, index) => ({ index, forms: [canary, Buffer.from(canary).toString('base64').replace(/=+$/, '')] }))
      .filter(({ forms }) => forms.some((form) => text.includes(form)))
      .map(({ index }) => `secret ${index + 1} of ${canaries.length} shows in ${place}`),
  );
}

/** I11: nothing was thrown that nobody caught. */
export function nothingUnhandled(errors: readonly unknown[]): readonly string[] {
  return errors.map((error) => `nobody handled ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

const MIB = 1024 * 1024;

/** Collects what nobody handles in this process, until it is disposed of. It is still passed on to whoever else listens. */
export function watchUnhandled(process: NodeJS.Process): Disposable & { readonly errors: readonly unknown[] } {
  const errors: unknown[] = [];
  const note = (error: unknown) => {
    errors.push(error);
  };
  process.on('unhandledRejection', note);
  process.on('uncaughtExceptionMonitor', note);
  return {
    errors,
    [Symbol.dispose]() {
      process.off('unhandledRejection', note);
      process.off('uncaughtExceptionMonitor', note);
    },
  };
}

/** Measures this process's event loop until it is disposed of. */
export function watchLoop(): Disposable & { readonly p99Ms: number } {
  const resolutionMs = 10;
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  histogram.enable();
  return {
    get p99Ms() {
      // What is measured is the time between two looks: the pause between them is not delay.
      return Math.max(0, histogram.percentile(99) / 1e6 - resolutionMs);
    },
    [Symbol.dispose]: () => histogram.disable(),
  };
}
