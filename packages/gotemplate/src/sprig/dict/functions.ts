import { mapOfValue, sortedEntries } from '../../value/entries.ts';
import { FunctionError } from '../../value/function.ts';
import { type CallContext, type GoMap, type GoValue, Typed } from '../../value/model.ts';
import { ANY, BOOL, DICT, LIST, STRING } from '../../value/type.ts';
import { goValue, kindOf, nameOfType } from '../../value/value.ts';
import type { FunctionMap } from '../function-map.ts';
import { any, dict, fixed, text, variadic } from '../signature.ts';
import { STRINGS, textOf } from '../text/text-of.ts';
import { deepCopy } from './deep-copy.ts';

/** Keys and values one after the other; a last key without a value has the empty text. */
function paired(values: readonly GoValue[], context: CallContext): GoMap {
  const map: GoMap = new Map();
  for (let at = 0; at < values.length; at += 2) {
    map.set(textOf(values[at], context), at + 1 < values.length ? values[at + 1] : '');
  }
  return map;
}

/** Goes through maps by keys; the last two values are what to answer where there is no such key, and the map. Throws `FunctionError`. */
function dug(values: readonly GoValue[]): GoValue {
  if (values.length < 3) throw new FunctionError('dig needs at least three arguments');
  const first = mapping(values.at(-1));
  const keys = values.slice(0, -2).map((key) => {
    if (typeof key !== 'string') throw notA(STRING.name, key);
    return key;
  });
  let current: GoValue = first;
  for (const [index, key] of keys.entries()) {
    const map = mapOfValue(index === 0 ? current : mapping(current));
    if (map?.has(key) !== true) return values.at(-2) ?? null;
    current = map.get(key);
  }
  return current;
}

function mapping(value: GoValue): GoValue {
  if (nameOfType(value) !== DICT.name) throw notA(DICT.name, value);
  return value;
}

function notA(wanted: string, value: GoValue): FunctionError {
  const given = kindOf(value) === undefined ? 'nil' : nameOfType(value);
  return new FunctionError(`interface conversion: interface {} is ${given}, not ${wanted}`);
}

const spendOn = (maps: readonly (GoMap | null)[], { spend }: CallContext): void =>
  spend(maps.reduce((sum, map) => sum + (map?.size ?? 0), 0) / 4);

/** In the order in which a template ranges over it: Go has none. */
const entriesOf = (map: GoMap | null): readonly (readonly [GoValue, GoValue])[] => (map === null ? [] : sortedEntries(map));

const copy = fixed([any], ANY, ([value], context) => deepCopy(value, context));

export const DICTS: FunctionMap = new Map([
  ['dict', variadic([any], DICT, (_, values, context) => paired(values, context))],
  ['get', fixed([dict, text], ANY, ([map, key]) => (map?.has(key) === true ? map.get(key) : ''))],
  [
    'set',
    fixed([dict, text, any], DICT, ([map, key, value]) => {
      if (map === null) throw new FunctionError('assignment to entry in nil map');
      return map.set(key, value);
    }),
  ],
  [
    'unset',
    fixed([dict, text], DICT, ([map, key]) => {
      map?.delete(key);
      return goValue(DICT, map);
    }),
  ],
  ['hasKey', fixed([dict, text], BOOL, ([map, key]) => map?.has(key) === true)],
  ['pluck', variadic([text, dict], LIST, ([key], maps) => maps.flatMap((map) => (map?.has(key) === true ? [map.get(key)] : [])))],
  [
    'keys',
    variadic([dict], STRINGS, (_, maps, context) => {
      spendOn(maps, context);
      return new Typed(
        STRINGS,
        maps.flatMap((map) => entriesOf(map).map(([key]) => key)),
      );
    }),
  ],
  [
    'values',
    fixed([dict], LIST, ([map], context) => {
      spendOn([map], context);
      return entriesOf(map).map(([, value]) => value);
    }),
  ],
  [
    'pick',
    variadic([dict, text], DICT, ([map], keys) => new Map(keys.flatMap((key) => (map?.has(key) === true ? [[key, map.get(key)]] : [])))),
  ],
  [
    'omit',
    variadic([dict, text], DICT, ([map], keys, context) => {
      spendOn([map], context);
      const without = new Map(map);
      for (const key of keys) without.delete(key);
      return without;
    }),
  ],
  ['dig', variadic([any], ANY, (_, values) => dug(values))],
  ['deepCopy', copy],
  ['mustDeepCopy', copy],
]);
