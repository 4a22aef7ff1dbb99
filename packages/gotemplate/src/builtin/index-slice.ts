import { byteLength, sliceBytes, toBytes } from '../value/bytes.ts';
import { keyType, mapOfValue } from '../value/entries.ts';
import { FunctionError } from '../value/function.ts';
import { type GoKey, type GoType, type GoValue, Typed } from '../value/model.ts';
import { ANY, canBeNil, isAssignable, isInteger, UINT8 } from '../value/type.ts';
import { elementType, goValue, isList, isNil, kindOf, nameOfType, rawOf, typeOf, zeroOf } from '../value/value.ts';

/** `index x 1 "a"`: what `x[1]["a"]` is in Go. Throws `FunctionError`. */
export function indexInto([item, ...indexes]: readonly GoValue[]): GoValue {
  if (item === undefined || item === null) throw new FunctionError('index of untyped nil');
  return indexes.reduce(elementAt, item);
}

function elementAt(given: GoValue, index: GoValue): GoValue {
  if (given === undefined || given === null) throw new FunctionError('index of nil pointer');
  const item = behindPointer(given, 'index of nil pointer');
  switch (kindOf(item)) {
    case 'slice':
    case 'string': {
      const length = lengthOf(item) ?? 0;
      const at = position(index ?? undefined, length);
      if (at >= length) throw new FunctionError(`reflect: ${kindOf(item) === 'string' ? 'string' : 'slice'} index out of range`);
      return elementOf(item, at);
    }
    case 'map': {
      const key = argumentAs(keyType(item), index);
      if (!isHashable(key)) throw new FunctionError(`runtime error: hash of unhashable type ${nameOfType(key)}`);
      const map = mapOfValue(item);
      const plain = rawOf(key) as GoKey;
      return map?.has(plain) === true ? map.get(plain) : zeroOf(elementType(item));
    }
    default:
      throw new FunctionError(`can't index item of type ${nameOfType(item)}`);
  }
}

function isHashable(key: GoValue): boolean {
  const kind = kindOf(key);
  return kind !== 'map' && kind !== 'slice' && kind !== 'func';
}

function elementOf(item: GoValue, at: number): GoValue {
  const raw = rawOf(item);
  if (typeof raw === 'string') return new Typed(UINT8, BigInt(toBytes(raw)[at] ?? 0));
  if (raw instanceof Uint8Array) return goValue(elementType(item), BigInt(raw[at] ?? 0));
  return isList(raw as GoValue) ? (raw as readonly GoValue[])[at] : null;
}

/** What a pointer points to. */
function behindPointer(value: GoValue, nil: string): GoValue {
  if (kindOf(value) !== 'ptr') return value;
  if (isNil(value)) throw new FunctionError(nil);
  return rawOf(value) as GoValue;
}

function position(index: GoValue, most: number): number {
  if (index === undefined) throw new FunctionError('cannot index slice/array with nil');
  if (!isInteger(kindOf(index))) throw new FunctionError(`cannot index slice/array with type ${typeOf(index)?.name ?? ANY.name}`);
  const at = BigInt.asIntN(64, rawOf(index) as bigint);
  if (at < 0n || at > BigInt(most)) throw new FunctionError(`index out of range: ${at}`);
  return Number(at);
}

/** A value as an argument or key of a type, integers of one kind as those of another. Throws `FunctionError`. */
export function argumentAs(type: GoType, value: GoValue): GoValue {
  const given = typeOf(value);
  if (given === undefined) {
    if (canBeNil(type)) return zeroOf(type);
    throw new FunctionError(`value is nil; should be of type ${type.name}`);
  }
  if (isAssignable(given, type)) return value;
  if (isInteger(given.kind) && isInteger(type.kind)) return goValue(type, wrapped(rawOf(value) as bigint, type.kind));
  throw new FunctionError(`value has type ${given.name}; should be ${type.name}`);
}

/** An integer in as many bits as its kind has. */
function wrapped(value: bigint, kind: string): bigint {
  const bits = Number(/\d+$/.exec(kind)?.[0] ?? 64);
  return kind.startsWith('u') ? BigInt.asUintN(bits, value) : BigInt.asIntN(bits, value);
}

/** `slice x 1 2`: what `x[1:2]` is in Go. A list has no room behind its end here. Throws `FunctionError`. */
export function sliceOfItem([given, ...indexes]: readonly GoValue[]): GoValue {
  if (given === undefined || given === null) throw new FunctionError('slice of untyped nil');
  const item = behindPointer(given, 'slice of nil pointer');
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`);
  const kind = kindOf(item);
  if (kind === 'string' && indexes.length === 3) throw new FunctionError('cannot 3-index slice a string');
  if (kind !== 'string' && kind !== 'slice') throw new FunctionError(`can't slice item of type ${nameOfType(item)}`);
  const length = lengthOf(item) ?? 0;
  const [from = 0, to = length, room = length] = indexes.map((index) => position(index, length));
  if (from > to) throw new FunctionError(`invalid slice index: ${from} > ${to}`);
  if (to > room) throw new FunctionError(`invalid slice index: ${to} > ${room}`);
  const raw = rawOf(item);
  if (typeof raw === 'string') return goValue(typeOf(item) ?? UINT8, sliceBytes(raw, { from, to }));
  if (raw instanceof Uint8Array) return goValue(typeOf(item) ?? UINT8, raw.subarray(from, to));
  return raw === null ? item : goValue(typeOf(item) ?? UINT8, (raw as readonly GoValue[]).slice(from, to));
}

/** How long a string (in bytes), list or map is; undefined for what has no length. */
function lengthOf(value: GoValue): number | undefined {
  const raw = rawOf(value);
  if (typeof raw === 'string') return byteLength(raw);
  if (raw instanceof Map) return raw.size;
  if (raw instanceof Uint8Array || Array.isArray(raw)) return raw.length;
  const kind = kindOf(value);
  return kind === 'map' || kind === 'slice' ? 0 : undefined;
}

/** `len`. Throws `FunctionError`. */
export function length(given: GoValue): bigint {
  // Go's own words for a value that is none: nobody asked whether there is one.
  if (given === undefined) throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
  if (given === null) throw new FunctionError('len of nil pointer');
  const item = behindPointer(given, 'len of nil pointer');
  const count = lengthOf(item);
  if (count === undefined) throw new FunctionError(`len of type ${nameOfType(item)}`);
  return BigInt(count);
}
