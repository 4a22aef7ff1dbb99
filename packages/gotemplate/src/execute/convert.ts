import type { NumberNode, OperandNode } from '../parse/node.ts';
import { show } from '../parse/show-node.ts';
import type { GoType, GoValue, Raw } from '../value/model.ts';
import { ANY, canBeNil, isAssignable, isFloat, isInteger, isUnsigned } from '../value/type.ts';
import { goValue, isNil, rawOf, typeOf, zeroOf } from '../value/value.ts';
import type { State } from './state.ts';

/** A value as an argument of a type; fails where Go would. */
export function converted(state: State, value: GoValue, type: GoType): GoValue {
  if (type.kind === 'value') return value;
  if (value === undefined) {
    if (canBeNil(type)) return zeroOf(type);
    return state.fail(`invalid value; expected ${type.name}`);
  }
  if (type === ANY) return value;
  const given = typeOf(value) ?? ANY;
  if (given.name === type.name) return value;
  // What a function gets has the type that it asked for.
  if (isAssignable(given, type)) return type.kind === 'interface' ? value : goValue(type, rawOf(value) as Raw);
  // One pointer is followed.
  if (given.kind === 'ptr' && isAssignable(given.elem, type)) {
    return isNil(value) ? state.fail(`dereference of nil pointer of type ${type.name}`) : (rawOf(value) as GoValue);
  }
  return state.fail(`wrong type for value; expected ${type.name}; got ${given.name}`);
}

/** What the number is where no type is asked for: its syntax tells. */
export function idealConstant(state: State, { text, int, float }: NumberNode): GoValue {
  const isHex = /^0[xX]/.test(text) && !/[pP]/.test(text);
  if (float !== undefined && !isHex && !text.startsWith("'") && /[.eEpP]/.test(text)) return float;
  return int ?? state.fail(`${text} overflows int`);
}

/** A literal as an argument of a type. */
export function literal(state: State, node: OperandNode, type: GoType): GoValue {
  const { kind } = type;
  if (kind === 'value' || (kind === 'interface' && type.name === ANY.name)) return idealLiteral(state, node);
  state.at(node);
  if (kind === 'bool') return node.kind === 'bool' ? goValue(type, node.value) : expected('bool');
  if (kind === 'string') return node.kind === 'string' ? goValue(type, node.text) : expected('string');
  const number = node.kind === 'number' ? node : undefined;
  if (isFloat(kind))
    return number?.float !== undefined ? goValue(type, kind === 'float32' ? Math.fround(number.float) : number.float) : expected('float');
  if (isUnsigned(kind))
    return number?.uint !== undefined ? goValue(type, BigInt.asUintN(bitsOf(kind), number.uint)) : expected('unsigned integer');
  if (isInteger(kind)) return number?.int !== undefined ? goValue(type, BigInt.asIntN(bitsOf(kind), number.int)) : expected('integer');
  return state.fail(`can't handle ${show(node)} for arg of type ${type.name}`);

  function expected(what: string): never {
    return state.fail(`expected ${what}; found ${show(node)}`);
  }
}

const bitsOf = (kind: string): number => Number(/\d+$/.exec(kind)?.[0] ?? 64);

function idealLiteral(state: State, node: OperandNode): GoValue {
  state.at(node);
  switch (node.kind) {
    case 'bool':
      return node.value;
    case 'string':
      return node.text;
    case 'number':
      return idealConstant(state, node);
    default:
      return state.fail(`can't handle assignment of ${show(node)} to empty interface argument`);
  }
}
