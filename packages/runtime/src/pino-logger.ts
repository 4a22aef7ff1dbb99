import { type Clock, systemClock } from '@gotk/apimachinery';
import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import type { LogFields, Logger } from './log.ts';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  readonly encoding: 'json' | 'console';
  readonly redact: (text: string) => string;
  /** Default: standard output, or standard error for the console encoding. */
  readonly destination?: DestinationStream;
  readonly clock?: Clock;
}

/** Logs in the schema that `flux logs` reads: `ts`, `level`, `msg`, `error`, and the fields the runtime adds (`controller`, `name`, `reconcileID`, …). */
export function createLogger({ level, encoding, redact, destination, clock = systemClock }: LoggerOptions): Logger {
  const out = destination ?? pino.destination({ dest: encoding === 'json' ? 1 : 2, sync: true });
  const root = pino(
    {
      level,
      messageKey: 'msg',
      base: null,
      timestamp: () => `,"ts":"${new Date(clock.now()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    encoding === 'json' ? out : consoleStream(out),
  );
  return wrap(root, redact);
}

function wrap(log: Pino, redact: (text: string) => string): Logger {
  return {
    debug: (message, fields) => log.debug(fields ?? {}, redact(message)),
    info: (message, fields) => log.info(fields ?? {}, redact(message)),
    error: (message, error, fields) => log.error({ ...fields, ...describe(error, redact) }, redact(message)),
    with: (fields: LogFields) => wrap(log.child(fields), redact),
  };
}

/** The error's own message, and the stack of what nobody foresaw: an error that carries a cause was raised on purpose. */
function describe(error: unknown, redact: (text: string) => string): LogFields {
  if (!(error instanceof Error)) return { error: redact(String(error)) };
  const root = error.cause instanceof Error ? error.cause : error;
  const foreseen =
    root instanceof TypeError || root instanceof RangeError || root instanceof ReferenceError
      ? { stacktrace: redact(root.stack ?? '') }
      : {};
  return { error: redact(error.message), ...foreseen };
}

function consoleStream(out: DestinationStream): DestinationStream {
  return {
    write(line) {
      const { ts, level, msg, error, ...rest } = JSON.parse(line) as Record<string, unknown>;
      const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
      out.write(
        `${String(ts)} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}${error === undefined ? '' : `: ${String(error)}`}${fields.join('')}\n`,
      );
    },
  };
}
