import { goText } from './go-text.ts';
import { isTable, type Table } from './table.ts';
import type { Warn } from './warning.ts';

/**
 * What Helm does with null: `coalesce` takes away what it stands for, for templates; `merge` keeps it, for whoever merges once more.
 */
export type NullRule = 'coalesce' | 'merge';

export interface Merging {
  readonly nulls: NullRule;
  readonly warn: Warn;
  /** Of the table in the values, with dots: for warnings. */
  readonly path: string;
}

export const joinPath = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/**
 * Merges `defaults` into `target`, whose values count more: maps at any depth, anything else is taken as it is. Changes both, as Helm
 * does: the null of a target takes the place of its default, and tables of the defaults become those of the target.
 */
export function coalesceTables(target: Table, defaults: Table, { nulls, warn, path }: Merging): Table {
  const hadValue = new Set([...defaults].filter(([, value]) => value !== null).map(([key]) => key));
  for (const [key, value] of target) if (value === null) defaults.set(key, null);
  for (const [key, value] of [...defaults]) {
    const full = joinPath(path, key);
    const own = target.get(key);
    // Null for a key that the chart does not know is a value like any other.
    if (own === null && nulls === 'coalesce' && hadValue.has(key)) target.delete(key);
    else if (own === undefined) target.set(key, value);
    else if (isTable(value)) {
      if (isTable(own)) coalesceTables(own, value, { nulls, warn, path: full });
      else warn(`warning: cannot overwrite table with non table for ${full} (${goText(value)})`);
    } else if (isTable(own) && value !== null) {
      warn(`warning: destination for ${full} is a table. Ignoring non-table value (${goText(value)})`);
    }
  }
  return target;
}

/** Nulls in a chart's own defaults mean nothing, and would hide a global. */
export function dropNulls(table: Table): void {
  for (const [key, value] of table) {
    if (value === null) table.delete(key);
    else if (isTable(value)) dropNulls(value);
  }
}
