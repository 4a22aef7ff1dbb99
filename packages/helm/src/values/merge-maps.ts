import { isObject } from '../fields.ts';

/** Values of a chart: whole numbers beyond 2^53 are `bigint`. `__proto__` is a key like any other. */
export type Values = Readonly<Record<string, unknown>>;

/** Maps are merged, at any depth; of anything else the later one counts, `null` included, which stays. */
export function mergeMaps(earlier: Values, later: Values): Values {
  const merged = new Map(Object.entries(earlier));
  for (const [key, value] of Object.entries(later)) {
    const before = merged.get(key);
    merged.set(key, isObject(value) && isObject(before) ? mergeMaps(before, value) : value);
  }
  return Object.fromEntries(merged);
}
