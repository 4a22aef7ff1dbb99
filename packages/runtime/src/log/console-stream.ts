import type { DestinationStream } from 'pino';

/** Turns the JSON log into lines for people (`--log-encoding=console`). */
export function consoleStream(out: DestinationStream): DestinationStream {
  return {
    write(line) {
      const { ts, level, msg, error, ...rest } = JSON.parse(line) as Record<string, unknown>;
      const cause = error === undefined ? '' : `: ${String(error)}`;
      const fields = Object.entries(rest).map(([key, value]) => ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
      out.write(`${String(ts)} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}${cause}${fields.join('')}\n`);
    },
  };
}
