import { isMap, type Json, type JsonMap } from '../resource/resource.ts';

/** The values of the merge keys of an item, as text; '' for a key that it does not have. */
type Tuple = readonly string[];

/** Merges the item of the target with that of the patch; undefined for one that is deleted. */
type MergeItem = (current: Json | undefined, patch: Json | undefined) => Json | undefined;

/**
 * Merges lists whose items are told apart by the values of keys: items of the patch first, in its order. Follows kustomize step by step where keys are
 * missing, as with the protocols of ports: which item a patch means then, and what is left of the others, is not to be had by a rule.
 */
export function mergeLists(
  current: readonly Json[] | undefined,
  patch: readonly Json[],
  { keys, mergeItem }: { readonly keys: readonly string[]; readonly mergeItem: MergeItem },
): Json[] {
  // A list that was not there is the patch's, merged with itself: that removes what it marks, and what it has twice.
  let rest = [...(current ?? patch)];
  const sources = [...patch, ...rest];
  const all = distinct(sources.map((item) => keys.map((key) => textAt(item, key))));
  const tuples = keys.length > 1 ? completed(all) : all;
  const used = keys.filter((_, index) => tuples.some((tuple) => tuple[index] !== ''));
  const valid = used.length === 0 ? keys : used;
  let merged: Json[] = [];
  for (const tuple of tuples) {
    const values = keys.flatMap((key, index) => (valid.includes(key) ? [tuple[index] ?? ''] : []));
    const [mine, theirs] = [find(rest, valid, values), find(patch, valid, values)];
    const item = mergeItem(mine, theirs);
    if (item === undefined || item === null || isEmptyMap(item)) {
      rest = set(rest, undefined, { keys: valid, values });
      continue;
    }
    const complete = withKeys(item, sources, { keys: valid, values });
    merged = set(merged, complete, { keys: valid, values });
    // kustomize merges into the item where it stands, except to replace it.
    if (current === undefined || !isMap(theirs) || theirs.$patch !== 'replace')
      rest = rest.map((other) => (other === mine ? complete : other));
  }
  return tuples.length === 0 ? rest : append(merged, rest, valid);
}

interface Match {
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

function textAt(item: Json | undefined, key: string): string {
  const value = isMap(item) ? item[key] : undefined;
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value);
}

function distinct(tuples: readonly Tuple[]): Tuple[] {
  return [...new Map(tuples.map((tuple) => [tuple.join('\0'), tuple])).values()];
}

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
function find(items: readonly Json[], keys: readonly string[], values: readonly string[]): Json | undefined {
  const isAsked = values.some((value) => value !== '');
  return items.find(
    (item) =>
      isMap(item) &&
      keys.every((key, index) => (isAsked && values[index] === '') || (item[key] !== undefined && textAt(item, key) === values[index])),
  );
}

/** The item, with the keys that it was found by. */
function withKeys(item: Json, sources: readonly Json[], { keys, values }: Match): Json {
  if (!isMap(item)) return item;
  const missing = keys.flatMap((key, index) => {
    const value = values[index] ?? '';
    if (value === '' || item[key] !== undefined) return [];
    const source = sources.find((other) => textAt(other, key) === value);
    return [[key, isMap(source) ? (source[key] ?? value) : value] as const];
  });
  return missing.length === 0 ? item : { ...item, ...Object.fromEntries(missing) };
}

/** Replaces the items that match, or adds one; without an element, removes them. Too few values match by the first ones alone. */
function set(items: readonly Json[], element: Json | undefined, { keys, values }: Match): Json[] {
  let isFound = false;
  const next: Json[] = [];
  for (const item of items) {
    if (item === null || isEmptyMap(item)) continue;
    const matches =
      isMap(item) &&
      values.length > 0 &&
      keys
        .slice(0, values.length)
        .every((key, index) => item[key] !== undefined && (values[index] === '' || textAt(item, key) === values[index]));
    if (!matches) next.push(item);
    else if (element !== undefined) next.push(element);
    isFound ||= matches;
  }
  return isFound || element === undefined ? next : [...next, element];
}

/** Adds what the patch did not touch. An item that lacks a key drives out those which have the same in the others. */
function append(merged: readonly Json[], rest: readonly Json[], keys: readonly string[]): Json[] {
  let result = [...merged];
  for (const item of rest) {
    const values = keys.flatMap((key) => (isMap(item) && item[key] !== undefined && item[key] !== null ? [textAt(item, key)] : []));
    if (values.length === 0) {
      result.push(item);
      continue;
    }
    if (values.length < keys.length) result.push(item);
    if (keys.length > 1) result = set(result, undefined, { keys, values });
    result = set(result, item, { keys, values });
  }
  return result;
}

const isEmptyMap = (value: Json): value is JsonMap => isMap(value) && Object.keys(value).length === 0;
