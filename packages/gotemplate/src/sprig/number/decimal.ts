import { shortestDigits } from '../../format/float-digits.ts';
import { floatText } from '../../format/format-float.ts';
import { FunctionError } from '../../value/function.ts';

/** `value` times 10 to the power of `exponent`, without any rounding. */
export interface Decimal {
  readonly value: bigint;
  readonly exponent: number;
}

/** The shortest decimal that stands for the float. Throws `FunctionError` for what is no number. */
export function decimalOf(float: number): Decimal {
  if (!Number.isFinite(float)) throw new FunctionError(`Cannot create a Decimal from ${floatText(float, { verb: 'g' })}`);
  if (float === 0) return { value: 0n, exponent: 0 };
  const { digits, point } = shortestDigits(Math.abs(float), 64);
  const value = BigInt(digits);
  return { value: float < 0 ? -value : value, exponent: point - digits.length };
}

/** Rounded once. */
export const floatOf = ({ value, exponent }: Decimal): number => Number(`${value}e${exponent}`);

/** How long a number is to compute with, about: digits. */
export const sizeOf = ({ value, exponent }: Decimal): number => value.toString(16).length + Math.abs(exponent);

const power = (exponent: number): bigint => 10n ** BigInt(exponent);

/** Both with the exponent of the lower one. */
function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.value * power(a.exponent - exponent), b.value * power(b.exponent - exponent), exponent];
}

export function plus(a: Decimal, b: Decimal): Decimal {
  const [left, right, exponent] = aligned(a, b);
  return { value: left + right, exponent };
}

export const minus = (a: Decimal, b: Decimal): Decimal => plus(a, { value: -b.value, exponent: b.exponent });

export const times = (a: Decimal, b: Decimal): Decimal => ({ value: a.value * b.value, exponent: a.exponent + b.exponent });

const DIVISION_PLACES = 16;

/** Rounded to 16 places behind the point, half away from zero. Throws `FunctionError` for a division by zero. */
export function over(a: Decimal, b: Decimal): Decimal {
  if (b.value === 0n) throw new FunctionError('decimal division by 0');
  const shift = a.exponent - b.exponent + DIVISION_PLACES;
  const dividend = shift > 0 ? a.value * power(shift) : a.value;
  const divisor = shift < 0 ? b.value * power(-shift) : b.value;
  const quotient = dividend / divisor;
  const rest = dividend % divisor;
  const away = 2n * absolute(rest) >= absolute(divisor);
  const sign = a.value < 0n === b.value < 0n ? 1n : -1n;
  return { value: away ? quotient + sign : quotient, exponent: -DIVISION_PLACES };
}

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);
