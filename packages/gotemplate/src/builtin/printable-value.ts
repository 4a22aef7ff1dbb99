import { type GoValue, Struct } from '../value/model.ts';
import { isNil, kindOf, rawOf, typeOf } from '../value/value.ts';

/** What stands for a value where it is printed: what a pointer points to, and words for no value. Undefined for what cannot be printed. */
export function printable(value: GoValue): GoValue {
  if (value === undefined || value === null) return '<no value>';
  const kind = kindOf(value);
  if (kind === 'func' && typeOf(value)?.text === undefined) return undefined;
  if (value instanceof Struct) return value.type.addressText?.(value) ?? value;
  return kind === 'ptr' && !isNil(value) ? (rawOf(value) as GoValue) : value;
}
