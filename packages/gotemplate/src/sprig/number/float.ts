import type { CallContext, GoFunction, GoValue } from '../../value/model.ts';
import { FLOAT64 } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { any, fixed, float, int, variadic } from '../signature.ts';
import { toFloat64 } from './cast.ts';
import { type Decimal, decimalOf, floatOf, minus, over, plus, sizeOf, times } from './decimal.ts';
import { roundedTo } from './round.ts';

type Operation = (a: Decimal, b: Decimal) => Decimal;

/** One by one, in decimal digits, so that 0.1 and 0.2 make 0.3. */
function computed(
  first: Decimal,
  others: readonly GoValue[],
  { operation, spend }: { operation: Operation } & Pick<CallContext, 'spend'>,
): number {
  let result = first;
  for (const other of others) {
    const next = decimalOf(toFloat64(other));
    spend(1 + (sizeOf(result) + sizeOf(next)) / 64);
    result = operation(result, next);
  }
  return floatOf(result);
}

const ofMany = (operation: Operation): GoFunction =>
  variadic([any, any], FLOAT64, ([first], others, { spend }) => computed(decimalOf(toFloat64(first)), others, { operation, spend }));

const extreme = (choose: (a: number, b: number) => number): GoFunction =>
  variadic([any, any], FLOAT64, ([first], others) => others.map(toFloat64).reduce(choose, toFloat64(first)));

/** Infinity decides before what is no number does. */
const greater = (a: number, b: number): number =>
  a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : Math.max(a, b);
const lesser = (a: number, b: number): number =>
  a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY ? Number.NEGATIVE_INFINITY : Math.min(a, b);

const ZERO: Decimal = { value: 0n, exponent: 0 };
const ONE: Decimal = { value: 1n, exponent: 0 };

export const FLOATS: FunctionMap = new Map([
  ['add1f', fixed([any], FLOAT64, ([value], { spend }) => computed(ONE, [value], { operation: plus, spend }))],
  ['addf', variadic([any], FLOAT64, (_, values, { spend }) => computed(ZERO, values, { operation: plus, spend }))],
  ['subf', ofMany(minus)],
  ['divf', ofMany(over)],
  ['mulf', ofMany(times)],
  ['maxf', extreme(greater)],
  ['minf', extreme(lesser)],
  ['ceil', fixed([any], FLOAT64, ([value]) => Math.ceil(toFloat64(value)))],
  ['floor', fixed([any], FLOAT64, ([value]) => Math.floor(toFloat64(value)))],
  [
    'round',
    variadic([any, int, float], FLOAT64, ([value, places], [roundOn = 0.5]) =>
      roundedTo(toFloat64(value), { places: Number(places), roundOn }),
    ),
  ],
]);
