import { BuildError } from '../build-error.ts';
import { isMap, type Json } from '../resource/resource.ts';
import { directiveOf, withoutDirective } from './directive.ts';
import { isEmptyMap, type ListMerge, textOf } from './list-item.ts';

/** The values of the merge keys of an item, as text; '' for a key that it does not have. */
type Tuple = readonly string[];

interface Match {
  readonly keys: readonly string[];
  readonly values: Tuple;
  /** Of the list, for messages. */
  readonly at: string;
}

/** The steps take a time that grows with the square of the length. */
const MAX_ITEMS = 2000;

/**
 * Merges lists in which items lack keys or share them, step by step as kustomize does it: which item a patch means then, and what is left of the others,
 * follows from the order of its steps and from no rule. For lists without such items, it is the rule of `mergeLists`.
 * Throws `BuildError` for lists with plain values, and for very long ones.
 */
export function mergeOddLists(current: readonly Json[], patch: readonly Json[] | undefined, { keys, mergeItem, at }: ListMerge): Json[] {
  const isNew = current === patch;
  let rest = [...current];
  let theirs = [...(patch ?? [])];
  let merged: Json[] = [];
  const sources = [...theirs, ...rest];
  if (sources.length > MAX_ITEMS) throw new BuildError(`${at} has more than ${MAX_ITEMS} items, and not all with keys of their own`);
  const all = distinct(sources.map((item) => keys.map((key) => textAt(item, key))));
  const tuples = keys.length > 1 ? completed(all) : all;
  const used = keys.filter((_, index) => tuples.some((tuple) => tuple[index] !== ''));
  const valid = used.length === 0 ? keys : used;

  for (const tuple of tuples) {
    const match: Match = { at, keys: valid, values: keys.flatMap((key, index) => (valid.includes(key) ? [tuple[index] ?? ''] : [])) };
    const mine = find(rest, match);
    const change = isNew ? mine : find(theirs, match);
    const item = mergeItem(mine, change);
    const isGone = item === undefined || item === null || isEmptyMap(item);
    const complete = isGone ? undefined : withKeys(item, sources, match);
    const directive = isMap(change) ? directiveOf(change, at, 'lenient') : undefined;
    // A directive is used up by the first item that it meets, even if that leaves the item where it is.
    if (isMap(change) && directive !== undefined) {
      const usedUp = withoutDirective(change);
      theirs = swapped(theirs, change, usedUp);
      if (isNew && isGone) rest = swapped(rest, change, usedUp);
    }
    if (complete === undefined) {
      rest = put(rest, undefined, match);
      continue;
    }
    // kustomize merges into the item where it stands, except to replace it.
    if (mine !== undefined && (directive !== 'replace' || isNew)) {
      rest = swapped(rest, mine, complete);
      merged = swapped(merged, mine, complete);
    }
    merged = put(merged, complete, match);
  }
  return tuples.length === 0 ? rest : appended(merged, rest, { keys: valid, at });
}

function textAt(item: Json, key: string): string {
  const value = isMap(item) && Object.hasOwn(item, key) ? item[key] : null;
  return value === null ? '' : textOf(value);
}

function distinct(tuples: readonly Tuple[]): Tuple[] {
  return [...new Map(tuples.map((tuple) => [tuple.join('\0'), tuple])).values()];
}

const swapped = (items: readonly Json[], old: Json, item: Json): Json[] => items.map((other) => (other === old ? item : other));

/** Fills the gaps of tuples from others that agree in what they both have. */
function completed(tuples: readonly Tuple[]): Tuple[] {
  const result = [...tuples];
  for (let i = 0; i < result.length; i++) {
    const left = result[i] ?? [];
    for (let j = 0; j < result.length; j++) {
      const right = result[j] ?? [];
      const conflict = left.some((value, index) => value !== right[index] && value !== '' && right[index] !== '');
      if (conflict || !left.some((value, index) => value === right[index])) continue;
      const both = left.map((value, index) => (value === '' ? (right[index] ?? '') : value));
      result[i] = both;
      result[j] = both;
    }
  }
  return result;
}

/** The first item with these values; keys without a value do not count, unless none has one. */
function find(items: readonly Json[], { keys, values }: Match): Json | undefined {
  const isAsked = values.some((value) => value !== '');
  return items.find(
    (item) =>
      isMap(item) &&
      keys.every((key, index) => (isAsked && values[index] === '') || (Object.hasOwn(item, key) && textOf(item[key]) === values[index])),
  );
}

/** The item, with the keys that it was found by. */
function withKeys(item: Json, sources: readonly Json[], { keys, values }: Match): Json {
  if (!isMap(item)) return item;
  const missing = keys.flatMap((key, index) => {
    const value = values[index] ?? '';
    if (value === '' || Object.hasOwn(item, key)) return [];
    const source = sources.find((other) => textAt(other, key) === value);
    return [[key, isMap(source) ? (source[key] ?? value) : value] as const];
  });
  return missing.length === 0 ? item : { ...item, ...Object.fromEntries(missing) };
}

/** Replaces the items that match, or adds one; without an element, removes them. Too few values match by the first keys alone, and none lose everything. */
function put(items: readonly Json[], element: Json | undefined, { keys, values, at }: Match): Json[] {
  let isFound = false;
  const next: Json[] = [];
  for (const item of items) {
    if (item === null || isEmptyMap(item) || values.length === 0) continue;
    if (!isMap(item) && values[0] === '') throw new BuildError(`${at} must be a list of maps`);
    const isMatch =
      isMap(item) &&
      keys
        .slice(0, values.length)
        .every((key, index) => Object.hasOwn(item, key) && (values[index] === '' || textOf(item[key]) === values[index]));
    if (!isMatch) next.push(item);
    else if (element !== undefined) next.push(element);
    isFound ||= isMatch;
  }
  return isFound || element === undefined || element === null ? next : [...next, element];
}

/** Adds what the patch did not touch. An item that lacks a key drives out those which have the same in the others. */
function appended(
  merged: readonly Json[],
  rest: readonly Json[],
  { keys, at }: { readonly keys: readonly string[]; readonly at: string },
): Json[] {
  let result = [...merged];
  for (const item of rest) {
    if (item !== null && !isMap(item)) throw new BuildError(`${at} must be a list of maps`);
    const values: string[] = [];
    for (const key of keys) {
      if (isMap(item) && Object.hasOwn(item, key)) values.push(textOf(item[key]));
      else result.push(item);
    }
    if (keys.length > 1) result = put(result, undefined, { keys, values, at });
    result = put(result, item, { keys, values, at });
  }
  return result;
}
