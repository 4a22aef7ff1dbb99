import { wellJoined } from '../value/bytes.ts';
import { define, defineVariadic } from '../value/function.ts';
import type { CallContext, GoFunction, GoMap, GoType, GoValue } from '../value/model.ts';
import { ANY, BOOL, DICT, FLOAT64, INT, STRING } from '../value/type.ts';
import { rawOf } from '../value/value.ts';

/** A parameter: what Go calls its type, and how to get at what a template has given for it. */
export interface Param<T> {
  readonly type: GoType;
  readonly read: (value: GoValue) => T;
}

export const text: Param<string> = { type: STRING, read: (value) => (typeof value === 'string' ? value : mistyped(STRING)) };
export const int: Param<bigint> = { type: INT, read: (value) => (typeof value === 'bigint' ? value : mistyped(INT)) };
export const float: Param<number> = { type: FLOAT64, read: (value) => (typeof value === 'number' ? value : mistyped(FLOAT64)) };
export const bool: Param<boolean> = { type: BOOL, read: (value) => (typeof value === 'boolean' ? value : mistyped(BOOL)) };
/** `null` for a nil, whatever its type. */
export const any: Param<GoValue> = { type: ANY, read: (value) => value };
/** `null` for a nil. */
export const dict: Param<GoMap | null> = {
  type: DICT,
  read: (value) => {
    const raw = rawOf(value);
    return raw === null || raw instanceof Map ? raw : mistyped(DICT);
  },
};

function mistyped({ name }: GoType): never {
  throw new TypeError(`a template gave something else for a ${name}`);
}

type Arguments<P extends readonly Param<unknown>[]> = { readonly [K in keyof P]: P[K] extends Param<infer T> ? T : never };

/** A function of so many arguments. */
export function fixed<const P extends readonly Param<unknown>[]>(
  params: P,
  result: GoType,
  call: (args: Arguments<P>, context: CallContext) => GoValue,
): GoFunction {
  return define({ params: params.map(({ type }) => type), result }, (values, context) =>
    // The execution has counted the arguments.
    joined(call(values.map((value, index) => params[index]?.read(counted(value, context))) as unknown as Arguments<P>, context)),
  );
}

/** A function that takes any number of `rest` behind its other arguments. */
export function variadic<const P extends readonly Param<unknown>[], R>(
  params: readonly [...P, Param<R>],
  result: GoType,
  call: (args: Arguments<P>, rest: readonly R[], context: CallContext) => GoValue,
): GoFunction {
  const types = params.map(({ type }) => type) as [GoType, ...GoType[]];
  const before = params.slice(0, -1);
  const last = params.at(-1) as Param<R>;
  return defineVariadic({ params: types, result }, (values, context) =>
    joined(
      call(
        before.map(({ read }, index) => read(counted(values[index], context))) as unknown as Arguments<P>,
        values.slice(before.length).map((value) => last.read(counted(value, context))),
        context,
      ),
    ),
  );
}

/** There is nothing to be done with a text that takes no time at all: it may be asked for its bytes. */
function counted(value: GoValue, { spend }: CallContext): GoValue {
  if (typeof value === 'string') spend(value.length / 128);
  return value;
}

/** Bytes of a character that was cut may have met. */
const joined = (value: GoValue): GoValue => (typeof value === 'string' ? wellJoined(value) : value);
