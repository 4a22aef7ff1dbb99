import { isObject } from '../fields.ts';
import type { Values } from './merge-maps.ts';

/**
 * Values while they are merged: what Helm's rules say depends on tables being changed in place, in all the places that share them. Lists are
 * never merged, and stay what they were.
 */
export type Table = Map<string, unknown>;

export const isTable = (value: unknown): value is Table => value instanceof Map;

/** A deep copy. `whole` is what becomes of a whole number that is a `bigint`. */
export function tableOf(values: Values, whole: (number: bigint) => unknown = (number) => number): Table {
  const copy = (value: unknown): unknown => {
    if (isObject(value)) return tableOf(value, whole);
    if (Array.isArray(value)) return value.map((item) => plain(item, whole));
    return typeof value === 'bigint' ? whole(value) : value;
  };
  return new Map(Object.entries(values).map(([key, value]) => [key, copy(value)]));
}

function plain(value: unknown, whole: (number: bigint) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, whole));
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, whole)]));
  return typeof value === 'bigint' ? whole(value) : value;
}

/** The inverse of `tableOf`. Tables that are shared become objects that are shared: globals are in every chart. */
export function valuesOf(table: Table): Values {
  const made = new Map<Table, Values>();
  const make = (its: Table): Values => {
    const known = made.get(its);
    if (known !== undefined) return known;
    const values = Object.fromEntries([...its].map(([key, value]) => [key, isTable(value) ? make(value) : value]));
    made.set(its, values);
    return values;
  };
  return make(table);
}

export const copyTable = (table: Table): Table =>
  new Map([...table].map(([key, value]) => [key, isTable(value) ? copyTable(value) : value]));

/** What a path does not lead to, in Helm's words. */
export class NoTable extends Error {
  override readonly name = 'NoTable';

  constructor(key: string) {
    super(`${JSON.stringify(key)} is not a table`);
  }
}

/** The table at a path with dots. Throws `NoTable` with the first name that is none. */
export function tableAt(table: Table, path: string): Table {
  let found = table;
  for (const name of path.split('.')) {
    const next = found.get(name);
    if (!isTable(next)) throw new NoTable(name);
    found = next;
  }
  return found;
}

/** What is at a path with dots and is no table: `undefined` when there is nothing, `null` when that is the value. */
export function leafAt(table: Table, path: string): unknown {
  const names = path.split('.');
  let found: unknown = table;
  for (const name of names) found = isTable(found) ? found.get(name) : undefined;
  return isTable(found) ? undefined : found;
}
