import { sprint } from '../../format/print.ts';
import { FunctionError } from '../../value/function.ts';
import type { GoFunction, GoValue } from '../../value/model.ts';
import { FLOAT64, INT, INT64 } from '../../value/type.ts';
import { goValue } from '../../value/value.ts';
import type { FunctionMap } from '../function-map.ts';
import { any, fixed, text, variadic } from '../signature.ts';
import { MAX_INT64, MIN_INT64, toFloat64, toInt64 } from './cast.ts';

/** Integers wrap around, as in Go. */
const int64 = (value: bigint): GoValue => goValue(INT64, BigInt.asIntN(64, value));

const ofTwo = (compute: (a: bigint, b: bigint) => bigint): GoFunction =>
  fixed([any, any], INT64, ([a, b]) => int64(compute(toInt64(a), toInt64(b))));

/** Of the first with each of the others. */
const ofMany = (compute: (a: bigint, b: bigint) => bigint): GoFunction =>
  variadic([any, any], INT64, ([first], others) =>
    int64(others.reduce<bigint>((result, other) => BigInt.asIntN(64, compute(result, toInt64(other))), toInt64(first))),
  );

function divisor(value: bigint): bigint {
  if (value === 0n) throw new FunctionError('runtime error: integer divide by zero');
  return value;
}

const extreme = (isBetter: (a: bigint, b: bigint) => boolean): GoFunction =>
  ofMany((best, other) => (isBetter(other, best) ? other : best));

const greatest = extreme((a, b) => a > b);

/** Octal digits, as of the mode of a file; 0 for anything else. */
function ofOctal(digits: string): bigint {
  const [, sign, octal] = /^([-+]?)([0-7]{1,400})$/.exec(digits) ?? [];
  if (octal === undefined) return 0n;
  const value = BigInt(`0o${octal}`) * (sign === '-' ? -1n : 1n);
  return value >= MIN_INT64 && value <= MAX_INT64 ? value : 0n;
}

/** Decimal digits; what is beyond an `int` is the nearest one, and what is no number is 0. */
function ofDecimal(digits: string): bigint {
  const [, sign, decimal = ''] = /^([-+]?)([0-9]+)$/.exec(digits) ?? [];
  const significant = decimal.replace(/^0+/, '');
  const size = significant.length > 19 ? MAX_INT64 + 1n : BigInt(significant);
  const value = sign === '-' ? -size : size;
  return value > MAX_INT64 ? MAX_INT64 : value < MIN_INT64 ? MIN_INT64 : value;
}

export const INTEGERS: FunctionMap = new Map([
  ['int', fixed([any], INT, ([value]) => toInt64(value))],
  ['int64', fixed([any], INT64, ([value]) => int64(toInt64(value)))],
  ['float64', fixed([any], FLOAT64, ([value]) => toFloat64(value))],
  ['atoi', fixed([text], INT, ([digits]) => ofDecimal(digits))],
  ['toDecimal', fixed([any], INT64, ([value], { make }) => int64(ofOctal(sprint([value], make))))],
  ['add1', fixed([any], INT64, ([value]) => int64(toInt64(value) + 1n))],
  ['add', variadic([any], INT64, (_, values) => int64(values.reduce<bigint>((sum, value) => sum + toInt64(value), 0n)))],
  ['sub', ofTwo((a, b) => a - b)],
  ['div', ofTwo((a, b) => a / divisor(b))],
  ['mod', ofTwo((a, b) => a % divisor(b))],
  ['mul', ofMany((a, b) => a * b)],
  ['max', greatest],
  ['biggest', greatest],
  ['min', extreme((a, b) => a < b)],
]);
