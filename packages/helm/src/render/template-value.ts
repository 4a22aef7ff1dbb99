import { fromPlain, type GoMap, type GoValue } from '@gotk/gotemplate';
import { isObject } from '../fields.ts';

/**
 * Values as templates see them. Objects that are shared stay shared: what a template sets in the globals, or in the values of a chart below, all charts that have
 * them see.
 */
export function templateValue(plain: unknown, made: Map<object, GoMap> = new Map()): GoValue {
  if (!isObject(plain)) return fromPlain(plain);
  const known = made.get(plain);
  if (known !== undefined) return known;
  const map: GoMap = new Map();
  made.set(plain, map);
  for (const [key, value] of Object.entries(plain)) if (value !== undefined) map.set(key.toWellFormed(), templateValue(value, made));
  return map;
}
