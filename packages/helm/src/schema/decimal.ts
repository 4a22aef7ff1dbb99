/** A number by its decimal digits: `digits * 10^-scale`. Go looks at numbers as fractions, in which 0.3 is three times 0.1. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

function decimalOf(value: number | bigint): Decimal {
  if (typeof value === 'bigint') return { digits: value, scale: 0 };
  const [mantissa = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${whole}${fraction}`);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

function aligned(a: number | bigint, b: number | bigint): readonly [bigint, bigint] {
  const [left, right] = [decimalOf(a), decimalOf(b)];
  const scale = Math.max(left.scale, right.scale);
  return [left.digits * 10n ** BigInt(scale - left.scale), right.digits * 10n ** BigInt(scale - right.scale)];
}

export function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Of nothing is everything a multiple. */
export function isMultipleOf(value: number | bigint, factor: number | bigint): boolean {
  const [left, right] = aligned(value, factor);
  return right === 0n || left % right === 0n;
}

export const isWhole = (value: number | bigint): boolean => typeof value === 'bigint' || Number.isInteger(value);
