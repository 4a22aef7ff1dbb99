import { type Clock, systemClock } from '@gotk/apimachinery';
import { createSecretMasks, type SecretMasks } from '@gotk/auth';
import { type DestinationStream, type Logger as Pino, pino } from 'pino';
import { consoleStream } from './console-stream.ts';
import type { LogFields, Logger } from './log.ts';
import { createLogLevel, type LogLevel, type LogLevelSwitch } from './log-level.ts';
import { presentable, type Redact } from './presentable.ts';

export interface LoggerOptions {
  /** A switch may be turned while the logger is used, and turns every logger made from it. */
  readonly level: LogLevel | LogLevelSwitch;
  readonly encoding: 'json' | 'console';
  /** Default: standard output for JSON, standard error for the console encoding. */
  readonly destination?: DestinationStream;
  readonly clock?: Clock;
  /** What is known of each namespace's Secrets: kept out of the lines that name the namespace. */
  readonly masks?: SecretMasks;
}

/** A line longer than this helps nobody, and a hostile one fills the disk. */
const MAX_TEXT = 16_384;
const MAX_DEPTH = 4;

/**
 * Logs in the schema that `flux logs` reads: `ts`, `level`, `msg`, `error`, and the fields that the runtime adds (`controller`, `controllerKind`, `name`,
 * `namespace`, `reconcileID`). Whatever is logged goes out without credentials.
 */
export function createLogger({ level, encoding, destination, clock = systemClock, masks = createSecretMasks() }: LoggerOptions): Logger {
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
  return wrap(pino(options, encoding === 'json' ? out : consoleStream(out)), { levels, masks, redact: masks.of('').redact });
}

function wrap(log: Pino, { levels, masks, redact }: Wrapping): Logger {
  const text = (value: string): string => presentable(value, { maxCharacters: MAX_TEXT, redact });
  const clean = (fields: LogFields): LogFields =>
    Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, cleanValue(value, text, MAX_DEPTH)]));
  const describe = (error: unknown): LogFields =>
    error === undefined ? {} : { error: text(error instanceof Error ? error.message : String(error)) };
  return {
    debug: (message, fields = {}) => {
      if (levels.logs('debug')) log.debug(clean(fields), text(message));
    },
    info: (message, fields = {}) => {
      if (levels.logs('info')) log.info(clean(fields), text(message));
    },
    error: (message, error, fields = {}) => log.error({ ...clean(fields), ...describe(error) }, text(message)),
    with(fields) {
      const { namespace } = fields;
      return wrap(log.child(clean(fields)), { levels, masks, redact: typeof namespace === 'string' ? masks.of(namespace).redact : redact });
    },
  };
}

interface Wrapping {
  readonly levels: LogLevelSwitch;
  readonly masks: SecretMasks;
  readonly redact: Redact;
}

function cleanValue(value: unknown, text: Redact, depth: number): unknown {
  if (typeof value === 'string') return text(value);
  if (value instanceof Error) return text(value.message);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => cleanValue(item, text, depth - 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleanValue(item, text, depth - 1)]));
}
