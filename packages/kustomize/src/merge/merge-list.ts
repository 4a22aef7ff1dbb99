import { isMap, type Json, type JsonMap } from '../resource/resource.ts';
import { isEmptyMap, type ListMerge, textOf } from './list-item.ts';
import { mergeOddLists } from './merge-odd-list.ts';

/**
 * Merges lists whose items are told apart by the values of keys. The patch's items come first, in its order, and the others behind them; with several
 * keys, only those that are new come first. An item that asks to be replaced stays as it was. Where items lack keys, or share them, see `mergeOddLists`.
 */
export function mergeLists(current: Json[], patch: Json[] | undefined, merge: ListMerge): Json[] {
  const mine = byKeys(current, merge.keys);
  const theirs = patch === undefined ? new Map<string, JsonMap>() : patch === current ? mine : byKeys(patch, merge.keys);
  if (mine === undefined || theirs === undefined) return mergeOddLists(current, patch, merge);

  const [first, then] = merge.keys.length === 1 ? [theirs, mine] : [new Map([...theirs].filter(([key]) => !mine.has(key))), mine];
  const merged = [...new Set([...first.keys(), ...then.keys()])].map((key) => {
    const [old, change] = [mine.get(key), theirs.get(key)];
    return change?.$patch === 'replace' && old !== undefined && old !== change ? old : merge.mergeItem(old, change);
  });
  const items = merged.filter((item): item is Json => item !== undefined && item !== null && !isEmptyMap(item));
  return items.length === current.length && items.every((item, index) => item === current[index]) ? current : items;
}

/** The items by the values of their keys; undefined when that does not tell them apart. */
function byKeys(items: readonly Json[], keys: readonly string[]): Map<string, JsonMap> | undefined {
  const found = new Map<string, JsonMap>();
  for (const item of items) {
    if (!isMap(item)) return undefined;
    const values = keys.map((key) => (Object.hasOwn(item, key) && item[key] !== null ? textOf(item[key]) : ''));
    if (values.includes('')) return undefined;
    const key = values.join('\0');
    if (found.has(key)) return undefined;
    found.set(key, item);
  }
  return found;
}
