import type { Logger } from '../log/log.ts';

/** Aborts at the first SIGTERM or SIGINT; a second one, or an error that nobody handled, ends the process at once with exit code 1. */
export function stopSignal(process: NodeJS.Process, log: Logger): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(1);
      log.info('stopping', { signal: name });
      stop.abort();
    });
  }
  for (const name of ['unhandledRejection', 'uncaughtException'] as const) {
    process.on(name, (error: unknown) => {
      log.error(`${name}: a bug, the process ends`, error, error instanceof Error ? { stacktrace: error.stack } : {});
      process.exit(1);
    });
  }
  return stop.signal;
}
