import { sprintf } from '../format/printf.ts';
import { compareStrings } from '../value/bytes.ts';
import { FunctionError } from '../value/function.ts';
import { type GoType, type GoValue, Struct, Typed } from '../value/model.ts';
import { isFloat, isInteger, isUnsigned } from '../value/type.ts';
import { isNil, kindOf, nameOfType, rawOf } from '../value/value.ts';

type BasicKind = 'bool' | 'int' | 'uint' | 'float' | 'string';

function basicKind(value: GoValue): BasicKind | undefined {
  const kind = kindOf(value);
  if (kind === 'bool' || kind === 'string') return kind;
  if (isFloat(kind)) return 'float';
  if (!isInteger(kind)) return undefined;
  return isUnsigned(kind) ? 'uint' : 'int';
}

const areIntegers = (a: BasicKind | undefined, b: BasicKind | undefined): boolean =>
  (a === 'int' || a === 'uint') && (b === 'int' || b === 'uint');

/** `eq`: whether the first is equal to one of the others. Throws `FunctionError`. */
export function equalsAny([first, ...others]: readonly GoValue[]): boolean {
  if (others.length === 0) throw new FunctionError('missing argument for comparison');
  return others.some((other) => equals(first, other));
}

function equals(a: GoValue, b: GoValue): boolean {
  const [kindA, kindB] = [basicKind(a), basicKind(b)];
  const nothing = a === undefined || a === null || b === undefined || b === null;
  if (kindA !== kindB) {
    if (areIntegers(kindA, kindB)) return rawOf(a) === rawOf(b);
    if (nothing) return false;
    throw new FunctionError(`incompatible types for comparison: ${nameOfType(a)} and ${nameOfType(b)}`);
  }
  if (kindA !== undefined) return rawOf(a) === rawOf(b);
  if (!nothing && kindOf(a) !== kindOf(b)) {
    throw new FunctionError(`non-comparable types ${shown(a, 's')}: ${nameOfType(a)}, ${nameOfType(b)}: ${shown(b, 'v')}`);
  }
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b);
  const type = b instanceof Typed || b instanceof Struct ? b.type : undefined;
  if (type === undefined || !isComparable(type)) throw new FunctionError(`non-comparable type ${shown(b, 's')}: ${nameOfType(b)}`);
  return nameOfType(a) === nameOfType(b) && sameContent(a, b);
}

function isComparable(type: GoType): boolean {
  if (type.kind === 'struct') return type.fields.every((field) => isComparable(field.type));
  return type.kind !== 'map' && type.kind !== 'slice' && type.kind !== 'func';
}

function sameContent(a: GoValue, b: GoValue): boolean {
  if (!(a instanceof Struct) || !(b instanceof Struct)) return rawOf(a) === rawOf(b);
  // Also what no template sees of them.
  return [...a.fields].every(([name, content]) => sameContent(content, b.fields.get(name)));
}

const shown = (value: GoValue, verb: 's' | 'v'): string => sprintf(`%${verb}`, [value]);

/** `lt`: whether the first comes before the second. Throws `FunctionError`. */
export function isLess(a: GoValue, b: GoValue): boolean {
  const [kindA, kindB] = [basicKind(a), basicKind(b)];
  if (kindA === undefined || kindB === undefined) throw new FunctionError('invalid type for comparison');
  if (kindA !== kindB && !areIntegers(kindA, kindB)) {
    throw new FunctionError(`incompatible types for comparison: ${nameOfType(a)} and ${nameOfType(b)}`);
  }
  if (kindA === 'bool') throw new FunctionError('invalid type for comparison');
  const [left, right] = [rawOf(a), rawOf(b)];
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right) < 0;
  return (left as number | bigint) < (right as number | bigint);
}

export const isLessOrEqual = (a: GoValue, b: GoValue): boolean => isLess(a, b) || equalsAny([a, b]);
