import { quote } from '../format/quote.ts';
import { keyType, mapOfValue } from '../value/entries.ts';
import { type GoFunction, type GoType, type GoValue, Struct, type Typed } from '../value/model.ts';
import { ANY, isAssignable, isExported, STRING } from '../value/type.ts';
import { elementType, isNil, kindOf, rawOf, typeOf, zeroOf } from '../value/value.ts';
import type { State } from './state.ts';

/** A value, and whether all that is known of its type is that it may be any. */
export interface Known {
  readonly value: GoValue;
  readonly isAny: boolean;
}

/** The method of a value that goes by a name. */
export function methodOf(value: GoValue, name: string): GoFunction | undefined {
  const methods = value instanceof Map ? undefined : typeOf(value)?.methods;
  return methods?.get(name)?.(value);
}

/** What `.name` is of a value that has no such method; fails where Go would. */
export function fieldOf(
  state: State,
  { value, isAny }: Known,
  { name, hasArgs }: { readonly name: string; readonly hasArgs: boolean },
): Known {
  if (value instanceof Map) return keyOf(state, value, { name, hasArgs });
  const type = isAny || value === null ? ANY : (typeOf(value) ?? ANY);
  if (value === null) return state.fail(`nil pointer evaluating ${type.name}.${name}`);
  switch (kindOf(value)) {
    case 'struct':
    case 'ptr':
      return structField(state, value, { name, hasArgs, type });
    case 'map':
      if (isAssignable(STRING, keyType(value))) return keyOf(state, value, { name, hasArgs });
      break;
    default:
  }
  return state.fail(`can't evaluate field ${name} in type ${type.name}`);
}

interface Asked {
  readonly name: string;
  readonly hasArgs: boolean;
}

function structField(state: State, value: GoValue, { name, hasArgs, type }: Asked & { readonly type: GoType }): Known {
  const isPointer = kindOf(value) === 'ptr';
  const target = isPointer ? (value as Typed).type : typeOf(value);
  const structType = target?.kind === 'ptr' ? target.elem : target;
  const field = structType?.kind === 'struct' ? structType.fields.find((each) => each.name === name) : undefined;
  if (field === undefined) return state.fail(`can't evaluate field ${name} in type ${type.name}`);
  if (isPointer && isNil(value)) return state.fail(`nil pointer evaluating ${type.name}.${name}`);
  if (!isExported(name)) return state.fail(`${name} is an unexported field of struct type ${type.name}`);
  if (hasArgs) return state.fail(`${name} has arguments but cannot be invoked as function`);
  const struct = rawOf(value);
  return { value: struct instanceof Struct ? struct.fields.get(name) : undefined, isAny: field.type.kind === 'interface' };
}

function keyOf(state: State, value: GoValue, { name, hasArgs }: Asked): Known {
  if (hasArgs) return state.fail(`${name} is not a method but has arguments`);
  const found = value instanceof Map ? value.get(name) : mapOfValue(value)?.get(name);
  const element = elementType(value);
  const isAny = element.kind === 'interface';
  if (found !== undefined) return { value: found, isAny };
  switch (state.missingKey) {
    case 'default':
      return { value: undefined, isAny: false };
    case 'zero':
      return { value: zeroOf(element), isAny };
    case 'error':
      return state.fail(`map has no entry for key ${quote(name)}`);
  }
}
