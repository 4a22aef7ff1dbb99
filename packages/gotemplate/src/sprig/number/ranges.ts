import { type CallContext, Typed } from '../../value/model.ts';
import { INT, STRING, sliceOf } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { fixed, int, variadic } from '../signature.ts';

const INTS = sliceOf(INT);

interface Range {
  readonly start: bigint;
  /** That is not in it. */
  readonly stop: bigint;
  readonly step: bigint;
}

/** None, where the step leads away from the end. */
function numbersOf({ start, stop, step }: Range, { spend, make }: CallContext): bigint[] {
  const numbers: bigint[] = [];
  if (stop < start ? step >= 0n : step <= 0n) return numbers;
  const count = (stop - start + step - (step > 0n ? 1n : -1n)) / step;
  spend(Number(count));
  make(Number(count));
  for (let at = start; stop < start ? at > stop : at < stop; at += step) numbers.push(at);
  return numbers;
}

/** `seq end`, `seq start end`, `seq start step end`, all of them inclusive; none for any other number of arguments. */
function sequence(params: readonly bigint[], context: CallContext): string {
  const [first = 0n, second = 0n, third = 0n] = params;
  switch (params.length) {
    case 1:
      return listed({ start: 1n, end: first }, context);
    case 2:
      return listed({ start: first, end: second }, context);
    case 3:
      return third < first && second > 0n ? '' : listed({ start: first, end: third, step: second }, context);
    default:
      return '';
  }
}

function listed(
  { start, end, step }: { readonly start: bigint; readonly end: bigint; readonly step?: bigint },
  context: CallContext,
): string {
  const towards = end < start ? -1n : 1n;
  const text = numbersOf({ start, stop: BigInt.asIntN(64, end + towards), step: step ?? towards }, context).join(' ');
  context.make(text.length);
  return text;
}

export const RANGES: FunctionMap = new Map([
  [
    'until',
    fixed([int], INTS, ([count], context) => new Typed(INTS, numbersOf({ start: 0n, stop: count, step: count < 0n ? -1n : 1n }, context))),
  ],
  ['untilStep', fixed([int, int, int], INTS, ([start, stop, step], context) => new Typed(INTS, numbersOf({ start, stop, step }, context)))],
  ['seq', variadic([int], STRING, (_, params, context) => sequence(params, context))],
]);
