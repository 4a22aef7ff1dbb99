import { isObject } from '../../fields.ts';

/** What Go's JSON decoder makes of numbers where it is told of no type: float64, whole ones too. */
export function withFloats(plain: unknown): unknown {
  if (typeof plain === 'bigint') return Number(plain);
  if (Array.isArray(plain)) return plain.map(withFloats);
  if (isObject(plain)) return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, withFloats(value)]));
  return plain;
}
