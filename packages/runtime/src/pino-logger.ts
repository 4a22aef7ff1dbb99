import { type Clock, systemClock } from '@gotk/apimachinery';
import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import { consoleStream } from './console-stream.ts';
import type { LogFields, Logger } from './log.ts';
import { createLogLevel, type LogLevel, type LogLevelSwitch } from './log-level.ts';
import { presentable } from './presentable.ts';

export interface LoggerOptions {
  /** A switch may be turned while the logger is used, and turns every logger made from it. */
  readonly level: LogLevel | LogLevelSwitch;
  readonly encoding: 'json' | 'console';
  /** Default: standard output for JSON, standard error for the console encoding. */
  readonly destination?: DestinationStream;
  readonly clock?: Clock;
}

/** A line longer than this helps nobody, and a hostile one fills the disk. */
const MAX_TEXT = 16_384;
const MAX_DEPTH = 4;

/**
 * Logs in the schema that `flux logs` reads: `ts`, `level`, `msg`, `error`, and the fields that the runtime adds (`controller`, `controllerKind`, `name`,
 * `namespace`, `reconcileID`). Whatever is logged goes out without credentials.
 */
export function createLogger({ level, encoding, destination, clock = systemClock }: LoggerOptions): Logger {
  const out = destination ?? pino.destination({ dest: encoding === 'json' ? 1 : 2, sync: true });
  const options = {
    // Loggers made from another one keep the level it had: the switch decides instead, for all of them.
    level: 'trace',
    messageKey: 'msg',
    base: null,
    timestamp: () => `,"ts":"${new Date(clock.now()).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const levels = typeof level === 'string' ? createLogLevel(level) : level;
  return wrap(pino(options, encoding === 'json' ? out : consoleStream(out)), levels);
}

function wrap(log: Pino, levels: LogLevelSwitch): Logger {
  return {
    debug: (message, fields = {}) => {
      if (levels.logs('debug')) log.debug(clean(fields), cleanText(message));
    },
    info: (message, fields = {}) => {
      if (levels.logs('info')) log.info(clean(fields), cleanText(message));
    },
    error: (message, error, fields = {}) => log.error({ ...clean(fields), ...describe(error) }, cleanText(message)),
    with: (fields) => wrap(log.child(clean(fields)), levels),
  };
}

function describe(error: unknown): LogFields {
  if (error === undefined) return {};
  return { error: cleanText(error instanceof Error ? error.message : String(error)) };
}

const cleanText = (text: string): string => presentable(text, MAX_TEXT);

function clean(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, cleanValue(value, MAX_DEPTH)]));
}

function cleanValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (value instanceof Error) return cleanText(value.message);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => cleanValue(item, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleanValue(item, depth - 1)]));
}
