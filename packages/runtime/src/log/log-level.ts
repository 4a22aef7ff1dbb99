export const LOG_LEVELS = ['trace', 'debug', 'info', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const SEVERITY: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 1, info: 2, error: 3 };

/** The least severe level that is logged: one for a logger and all that were made from it, and open to change while they are used. */
export interface LogLevelSwitch {
  level: LogLevel;
  /** Cheap enough to be asked before every line. */
  logs(level: LogLevel): boolean;
}

export const isLogLevel = (text: string): text is LogLevel => (LOG_LEVELS as readonly string[]).includes(text);

export function createLogLevel(initial: LogLevel): LogLevelSwitch {
  let level = initial;
  let least = SEVERITY[initial];
  return {
    get level() {
      return level;
    },
    set level(wanted) {
      level = wanted;
      least = SEVERITY[wanted];
    },
    logs: (asked) => SEVERITY[asked] >= least,
  };
}
