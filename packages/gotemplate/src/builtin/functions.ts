import { sprint, sprintln } from '../format/print.ts';
import { sprintf } from '../format/printf.ts';
import { define, defineVariadic, FunctionError } from '../value/function.ts';
import type { CallContext, GoFunction, GoValue } from '../value/model.ts';
import { isTrue } from '../value/truth.ts';
import { ANY, BOOL, CONCRETE, INT, STRING, VALUE } from '../value/type.ts';
import { kindOf, nameOfType } from '../value/value.ts';
import { equalsAny, isLess, isLessOrEqual } from './comparison.ts';
import { escapeHtml, escapeQuery, escapeScript } from './escape.ts';
import { argumentAs, indexInto, length, sliceOfItem } from './index-slice.ts';
import { printable } from './printable-value.ts';

const compare = (test: (a: GoValue, b: GoValue) => boolean): GoFunction =>
  define({ params: [VALUE, VALUE], result: BOOL }, ([a, b]) => test(a, b));

const escaper = (escaped: (text: string) => string): GoFunction =>
  defineVariadic({ params: [ANY], result: STRING }, (values, { make }) => {
    const text = sprint(
      values.map((value) => printable(value) ?? value),
      make,
    );
    // No escape is longer than this, for a character.
    make(text.length * 6);
    return escaped(text);
  });

/** Evaluated by the execution itself, which stops at the first argument that decides. */
const shortCircuit = defineVariadic({ params: [VALUE, VALUE], result: VALUE }, (args) => args.at(-1));

/** The functions that every template has, in the order of Go's documentation. */
export const BUILTINS: ReadonlyMap<string, GoFunction> = new Map([
  ['and', shortCircuit],
  ['call', defineVariadic({ params: [VALUE, VALUE], result: VALUE }, (args, context) => callValue('', args, context))],
  ['html', escaper(escapeHtml)],
  ['index', defineVariadic({ params: [VALUE, VALUE], result: VALUE }, indexInto)],
  ['slice', defineVariadic({ params: [VALUE, CONCRETE], result: VALUE }, sliceOfItem)],
  ['js', escaper(escapeScript)],
  ['len', define({ params: [VALUE], result: INT }, ([item]) => length(item))],
  ['not', define({ params: [VALUE], result: BOOL }, ([value]) => !isTrue(value))],
  ['or', shortCircuit],
  ['print', defineVariadic({ params: [ANY], result: STRING }, (values, { make }) => sprint(values, make))],
  [
    'printf',
    defineVariadic({ params: [STRING, ANY], result: STRING }, ([format, ...values], { make }) => sprintf(format as string, values, make)),
  ],
  ['println', defineVariadic({ params: [ANY], result: STRING }, (values, { make }) => sprintln(values, make))],
  ['urlquery', escaper(escapeQuery)],
  ['eq', defineVariadic({ params: [VALUE, VALUE], result: BOOL }, equalsAny)],
  ['ge', compare((a, b) => !isLess(a, b))],
  ['gt', compare((a, b) => !isLessOrEqual(a, b))],
  ['le', compare(isLessOrEqual)],
  ['lt', compare(isLess)],
  ['ne', compare((a, b) => !equalsAny([a, b]))],
]);

/** `call`: calls a function that is a value; `name` is how the template wrote it. Throws `FunctionError`. */
export function callValue(name: string, [value, ...given]: readonly GoValue[], context: CallContext): GoValue {
  if (value === undefined || value === null) throw new FunctionError('call of nil');
  if (kindOf(value) !== 'func') throw new FunctionError(`non-function ${name} of type ${nameOfType(value)}`);
  const callee = value as GoFunction;
  const { params, variadic } = callee;
  const fixed = variadic ? params.length - 1 : params.length;
  if (variadic && given.length < fixed) {
    throw new FunctionError(`wrong number of args for ${name}: got ${given.length} want at least ${fixed}`);
  }
  if (!variadic && given.length !== fixed) throw new FunctionError(`wrong number of args for ${name}: got ${given.length} want ${fixed}`);
  const args = given.map((argument, index) => {
    try {
      return argumentAs(params[Math.min(index, params.length - 1)] ?? ANY, argument);
    } catch (thrown) {
      if (thrown instanceof FunctionError) throw new FunctionError(`arg ${index}: ${thrown.message}`);
      throw thrown;
    }
  });
  return callee.call(args, context);
}
