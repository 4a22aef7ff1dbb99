import { keyType, mapOfValue } from '../../value/entries.ts';
import { FunctionError } from '../../value/function.ts';
import type { CallContext, GoFunction, GoMap, GoValue } from '../../value/model.ts';
import { isTrue } from '../../value/truth.ts';
import { ANY, DICT, isAssignable } from '../../value/type.ts';
import { elementType, goValue, kindOf, nameOfType, rawOf } from '../../value/value.ts';
import type { FunctionMap } from '../function-map.ts';
import { dict, variadic } from '../signature.ts';

interface Merging {
  /** Whether what is there gives way. */
  readonly overwrite: boolean;
  readonly context: CallContext;
}

/** What mergo says of values that do not go together. */
class Unmergeable extends FunctionError {}

/**
 * Merges a map into another one, with the library mergo's rules: of two maps, the one that is there takes the other in; a list never does. What is missing or empty
 * (a zero, nothing, an empty list) is filled in, anything else stays, or gives way. What is filled in is shared with where it came from. Throws `FunctionError`.
 */
function mergeInto(target: GoValue, source: GoValue, merging: Merging): void {
  const [into, from] = [mapOfValue(target), mapOfValue(source)];
  if (into === undefined || from === undefined) return;
  for (const [key, value] of [...from]) {
    merging.context.spend(1);
    if (value === null || value === undefined) {
      if (merging.overwrite) put(target, source, { into, key, value });
      continue;
    }
    refuseKey(target, source);
    const there = into.get(key);
    const isMap = kindOf(value) === 'map';
    if (isMap || kindOf(value) === 'ptr' || kindOf(value) === 'struct') mergeElements(there, value, merging);
    const isKept = isTrue(pointee(there)) && ((isMap && kindOf(there) === 'map') || !merging.overwrite);
    if (!isKept) put(target, source, { into, key, value });
  }
}

function mergeElements(there: GoValue, value: GoValue, merging: Merging): void {
  const kinds = [kindOf(there), kindOf(value)];
  if (kinds[0] === 'map' && kinds[1] === 'map') mergeInto(there, value, merging);
  // Pointers take in nothing but pointers, and what they point to.
  else if (kinds[0] === 'ptr' && kinds[1] !== 'ptr' && !merging.overwrite && nameOfType(there) !== `*${nameOfType(value)}`) {
    throw new Unmergeable('src and dst must be of same type');
  }
}

const pointee = (value: GoValue): GoValue => (kindOf(value) === 'ptr' ? (rawOf(value) as GoValue) : value);

function refuseKey(target: GoValue, source: GoValue): void {
  const [wanted, given] = [keyType(target), keyType(source)];
  if (!isAssignable(given, wanted)) {
    throw new FunctionError(`reflect.Value.MapIndex: value of type ${given.name} is not assignable to type ${wanted.name}`);
  }
}

interface Entry {
  readonly into: GoMap;
  readonly key: GoMap extends Map<infer K, unknown> ? K : never;
  readonly value: GoValue;
}

function put(target: GoValue, source: GoValue, { into, key, value }: Entry): void {
  const [wanted, given] = [elementType(target), elementType(source)];
  if (!isAssignable(given, wanted)) {
    throw new FunctionError(`reflect.Value.SetMapIndex: value of type ${given.name} is not assignable to type ${wanted.name}`);
  }
  into.set(key, value);
}

function merged(target: GoMap | null, sources: readonly (GoMap | null)[], merging: Merging): GoValue {
  // A nil becomes a map as soon as there is one to merge.
  const map = target ?? (sources.some((source) => source !== null) ? new Map() : null);
  for (const source of sources) if (map !== null && source !== null) mergeInto(map, source, merging);
  return goValue(DICT, map);
}

const merger = (overwrite: boolean): GoFunction =>
  variadic([dict, dict], ANY, ([target], sources, context) => merged(target, sources, { overwrite, context }));

/** The empty text for what does not go together. */
const lenient = (overwrite: boolean): GoFunction =>
  variadic([dict, dict], ANY, ([target], sources, context) => {
    try {
      return merged(target, sources, { overwrite, context });
    } catch (thrown) {
      if (thrown instanceof Unmergeable) return '';
      throw thrown;
    }
  });

export const MERGE: FunctionMap = new Map([
  ['merge', lenient(false)],
  ['mustMerge', merger(false)],
  ['mergeOverwrite', lenient(true)],
  ['mustMergeOverwrite', merger(true)],
]);
