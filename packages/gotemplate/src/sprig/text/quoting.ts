import { sprint } from '../../format/print.ts';
import { quote } from '../../format/quote.ts';
import type { CallContext, GoFunction, GoValue } from '../../value/model.ts';
import { STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { any, fixed, variadic } from '../signature.ts';
import { textOf } from './text-of.ts';

/** Each value by itself, but for nil, with a space between. */
const each = (quoted: (value: GoValue, context: CallContext) => string): GoFunction =>
  variadic([any], STRING, (_, values, context) =>
    values
      .filter((value) => value !== null)
      .map((value) => quoted(value, context))
      .join(' '),
  );

export const QUOTING: FunctionMap = new Map([
  [
    'quote',
    each((value, context) => {
      const text = textOf(value, context);
      // What is long may be ten times as long.
      if (text.length > 100_000) context.make(text.length * 10);
      const quoted = quote(text);
      context.make(quoted.length);
      return quoted;
    }),
  ],
  ['squote', each((value, { make }) => `'${sprint([value], make)}'`)],
  ['toString', fixed([any], STRING, ([value], context) => textOf(value, context))],
]);
