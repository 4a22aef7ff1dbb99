import { nameOfFunction } from './function.ts';
import { type GoType, type GoValue, type Kind, type Raw, Struct, Typed } from './model.ts';
import { ANY, BOOL, DICT, FLOAT64, INT, isFloat, isInteger, LIST, STRING } from './type.ts';

export const isList = (value: GoValue): value is readonly GoValue[] => Array.isArray(value);

/** Its dynamic type; undefined for what has none: no value, and nil. */
export function typeOf(value: GoValue): GoType | undefined {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'bigint':
      return INT;
    case 'number':
      return FLOAT64;
    case 'boolean':
      return BOOL;
    case 'undefined':
      return undefined;
    default:
      if (value === null) return undefined;
      if (value instanceof Map) return DICT;
      if (isList(value)) return LIST;
      if (value instanceof Typed || value instanceof Struct) return value.type;
      return { kind: 'func', name: nameOfFunction(value), named: false };
  }
}

/** The kind of its dynamic type; undefined for no value and nil. */
export function kindOf(value: GoValue): Kind | undefined {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'undefined':
      return undefined;
    default:
      if (value === null) return undefined;
      if (value instanceof Map) return 'map';
      if (isList(value)) return 'slice';
      if (value instanceof Typed || value instanceof Struct) return value.type.kind;
      return 'func';
  }
}

/** As `%T` prints it. */
export const nameOfType = (value: GoValue): string => typeOf(value)?.name ?? '<nil>';

/** Whether it is a nil: of an interface, or of a type that has one. No value counts. */
export function isNil(value: GoValue): boolean {
  return value === undefined || value === null || (value instanceof Typed && value.raw === null);
}

/** What it holds without its type: a string for every kind of string, a `bigint` for every kind of integer. */
export function rawOf(value: GoValue): GoValue | Raw {
  return value instanceof Typed ? value.raw : value;
}

/** Types whose values go without a `Typed`, unless they are nil. */
const PLAIN: ReadonlySet<string> = new Set([STRING, INT, FLOAT64, BOOL, DICT, LIST].map(({ name }) => name));

/** The value of a type whose plain form is `raw`, which has to be one of that type. */
export function goValue(type: GoType, raw: Raw): GoValue {
  switch (type.kind) {
    case 'interface':
    case 'value':
    case 'func':
    case 'struct':
      return raw as GoValue;
    default:
      return PLAIN.has(type.name) && raw !== null ? (raw as GoValue) : new Typed(type, raw);
  }
}

/** What Go's `reflect.Zero` makes of a type. */
export function zeroOf(type: GoType): GoValue {
  switch (type.kind) {
    case 'interface':
    case 'func':
      return null;
    case 'value':
      return undefined;
    case 'bool':
      return goValue(type, false);
    case 'string':
      return goValue(type, '');
    case 'struct':
      return new Struct(type, new Map(type.fields.map((field) => [field.name, zeroOf(field.type)])));
    case 'slice':
    case 'map':
    case 'ptr':
      return new Typed(type, null);
    default:
      if (isInteger(type.kind)) return goValue(type, 0n);
      return isFloat(type.kind) ? goValue(type, 0) : null;
  }
}

/** The type that elements of a list or a map have for all who only know the type of the list or map. */
export function elementType(value: GoValue): GoType {
  return value instanceof Typed && (value.type.kind === 'slice' || value.type.kind === 'map') ? value.type.elem : ANY;
}
