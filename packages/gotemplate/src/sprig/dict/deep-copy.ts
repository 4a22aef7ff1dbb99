import { FunctionError } from '../../value/function.ts';
import { type CallContext, type GoValue, Struct, Typed } from '../../value/model.ts';
import { isList, isNil, kindOf } from '../../value/value.ts';

/** A copy that shares no map or list with the value. What a struct does not show is zero in its copy, but for points in time. Throws `FunctionError` for nil. */
export function deepCopy(value: GoValue, context: CallContext): GoValue {
  if (value === null || value === undefined) throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
  return copied(value, context);
}

/** What an empty map or list takes, in UTF-16 units, about. */
const CONTAINER_LENGTH = 48;

function copied(value: GoValue, context: CallContext): GoValue {
  context.spend(1 / 2);
  if (value instanceof Map || isList(value) || value instanceof Struct) {
    context.spend(3);
    context.make(CONTAINER_LENGTH);
  }
  if (value instanceof Map) return new Map(Array.from(value, ([key, element]) => [key, copiedElement(element, context)]));
  if (isList(value)) return value.map((element) => copiedElement(element, context));
  if (value instanceof Struct) return value.type.name === 'time.Time' ? value : copiedStruct(value, context);
  if (!(value instanceof Typed) || value.raw === null || typeof value.raw !== 'object') return value;
  if (value.raw instanceof Uint8Array) return new Typed(value.type, value.raw.slice());
  const copy = copied(value.raw, context);
  return isList(copy) || copy instanceof Map || copy instanceof Struct ? new Typed(value.type, copy) : value;
}

/** The library forgets the type of a nil pointer that a map or list holds. */
const copiedElement = (element: GoValue, context: CallContext): GoValue =>
  kindOf(element) === 'ptr' && isNil(element) ? null : copied(element, context);

function copiedStruct({ type, fields }: Struct, context: CallContext): Struct {
  return new Struct(type, new Map(type.fields.map(({ name }) => [name, copied(fields.get(name), context)])));
}
