import type { GoValue } from '../../value/model.ts';
import { BOOL, STRING } from '../../value/type.ts';
import { kindOf, nameOfType } from '../../value/value.ts';
import type { FunctionMap } from '../function-map.ts';
import { any, fixed, text } from '../signature.ts';
import { deepEqual } from './deep-equal.ts';

const nameOfKind = (value: GoValue): string => kindOf(value) ?? 'invalid';

export const REFLECTION: FunctionMap = new Map([
  ['typeOf', fixed([any], STRING, ([value]) => nameOfType(value))],
  ['typeIs', fixed([text, any], BOOL, ([name, value]) => name === nameOfType(value))],
  ['typeIsLike', fixed([text, any], BOOL, ([name, value]) => [name, `*${name}`].includes(nameOfType(value)))],
  ['kindOf', fixed([any], STRING, ([value]) => nameOfKind(value))],
  ['kindIs', fixed([text, any], BOOL, ([name, value]) => name === nameOfKind(value))],
  ['deepEqual', fixed([any, any], BOOL, ([a, b], context) => deepEqual(a, b, context))],
]);
