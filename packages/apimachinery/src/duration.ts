/** The text is not a duration as Go writes them. */
export class InvalidDuration extends Error {
  override readonly name = 'InvalidDuration';
}

const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const TERM = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** The longest that Go can hold, in nanoseconds as an int64: 292 years. */
const LONGEST_MS = 2 ** 63 / 1e6;

/** Parses a Go duration such as `1h30m`, `1.5s` or `750ms` to milliseconds; what is longer than 292 years counts as that. Throws `InvalidDuration`. */
export function parseDuration(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  let total = 0;
  TERM.lastIndex = 0;
  let at = 0;
  while (at < body.length) {
    const match = TERM.exec(body);
    if (match === null) throw new InvalidDuration(`'${text.slice(0, 40)}' is not a duration such as '1m30s'`);
    total += Number(match[1]) * (UNIT_MS[match[2] ?? ''] ?? Number.NaN);
    at = TERM.lastIndex;
  }
  if (body === '') throw new InvalidDuration("'' is not a duration such as '1m30s'");
  return sign * Math.min(total, LONGEST_MS);
}

/** Writes milliseconds as Go does: `1m0s`, `1.5s`, `750ms`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const total = Math.abs(ms);
  if (total < 1) return `${sign}${trim(total * 1_000)}µs`;
  if (total < 1_000) return `${sign}${trim(total)}ms`;
  const hours = Math.floor(total / 3_600_000);
  const minutes = Math.floor((total % 3_600_000) / 60_000);
  const seconds = `${trim((total % 60_000) / 1_000)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

const trim = (value: number) => String(Number(value.toFixed(6)));
