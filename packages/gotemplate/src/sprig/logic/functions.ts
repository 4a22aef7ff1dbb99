import { FunctionError } from '../../value/function.ts';
import { ANY, BOOL, STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { any, bool, fixed, text, variadic } from '../signature.ts';
import { isEmpty } from './empty.ts';

export const LOGIC: FunctionMap = new Map([
  ['default', variadic([any, any], ANY, ([otherwise], [given]) => (given === undefined || isEmpty(given) ? otherwise : given))],
  ['empty', fixed([any], BOOL, ([value]) => isEmpty(value))],
  ['coalesce', variadic([any], ANY, (_, values) => values.find((value) => !isEmpty(value)) ?? null)],
  ['all', variadic([any], BOOL, (_, values) => values.every((value) => !isEmpty(value)))],
  ['any', variadic([any], BOOL, (_, values) => values.some((value) => !isEmpty(value)))],
  ['ternary', fixed([any, any, bool], ANY, ([whenTrue, whenFalse, condition]) => (condition ? whenTrue : whenFalse))],
  [
    'fail',
    fixed([text], STRING, ([message]) => {
      throw new FunctionError(message);
    }),
  ],
]);
