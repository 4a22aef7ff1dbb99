import { FunctionError } from '../../value/function.ts';
import { byteText, quoteBytes } from './byte-text.ts';

// Durations are nanoseconds in 64 bits, as Go's are.

const MAX = 2n ** 63n - 1n;
const MIN = -(2n ** 63n);
/** One more than is possible: where a minus may come before it, it is the least duration. */
const BEYOND = 2n ** 63n;
const MOST_DIGITS = String(BEYOND).length;

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1],
  ['us', 1e3],
  [byteText('µs'), 1e3],
  [byteText('μs'), 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
]);

/** `1h30m`, `-1.5h`, `300ms`. Throws `FunctionError`, as Go's `time.ParseDuration` fails. */
export function parseDuration(given: string): bigint {
  const text = byteText(given);
  const fail = (what: string): never => {
    throw new FunctionError(`time: ${what} ${quoteBytes(text)}`);
  };
  const isNegative = text.startsWith('-');
  let rest = /^[-+]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return 0n;
  if (rest === '') return fail('invalid duration');
  let total = 0n;
  while (rest !== '') {
    const [number = '', whole = '', fraction] = /^(\d*)(?:\.(\d*))?/.exec(rest) ?? [];
    if (whole === '' && (fraction ?? '') === '') return fail('invalid duration');
    if (whole.replace(/^0+/, '').length > MOST_DIGITS) return fail('invalid duration');
    const count = BigInt(whole);
    rest = rest.slice(number.length);
    const [name = ''] = /^[^.\d]*/.exec(rest) ?? [];
    if (name === '') return fail('missing unit in duration');
    const unit = UNITS.get(name);
    if (unit === undefined) return fail(`unknown unit ${quoteBytes(name)} in duration`);
    rest = rest.slice(name.length);
    const part = count * BigInt(unit) + fractionOf(fraction ?? '', unit);
    // Two halves of all that there is make nothing, in 64 bits.
    total = BigInt.asUintN(64, total + part);
    if (part > BEYOND || total > BEYOND) return fail('invalid duration');
  }
  if (isNegative) return -total;
  return total > MAX ? fail('invalid duration') : total;
}

/** In floating point, and of no more digits than fit in 63 bits. */
function fractionOf(digits: string, unit: number): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    const next = value * 10n + BigInt(digit);
    if (value > MAX / 10n || next > BEYOND) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (unit / scale)));
}

/** `1h30m0s`, `1.5s`, `2µs`: as Go prints it. */
export function durationText(duration: bigint): string {
  if (duration === 0n) return '0s';
  const sign = duration < 0n ? '-' : '';
  const size = duration < 0n ? -duration : duration;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 3)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 6)}ms`;
  const minutes = size / 60_000_000_000n;
  const seconds = `${decimal(size % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** A number with its last digits behind a point, as far as they say something. */
function decimal(value: bigint, places: number): string {
  const digits = String(value).padStart(places + 1, '0');
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`);
}

/** Towards zero, to a multiple of the unit. */
export const truncateDuration = (duration: bigint, unit: bigint): bigint => (unit <= 0n ? duration : duration - (duration % unit));

/** To the nearest multiple of the unit, half of one away from zero, or as near as durations go. */
export function roundDuration(duration: bigint, unit: bigint): bigint {
  if (unit <= 0n) return duration;
  const rest = duration % unit;
  const size = rest < 0n ? -rest : rest;
  if (size + size < unit) return duration - rest;
  return within(duration - rest + (duration < 0n ? -unit : unit));
}

/** As near as durations go. */
const within = (duration: bigint): bigint => (duration > MAX ? MAX : duration < MIN ? MIN : duration);

export const absoluteDuration = (duration: bigint): bigint => within(duration < 0n ? -duration : duration);
