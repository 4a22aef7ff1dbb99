import type { Dependency } from '../chart/metadata.ts';
import { isTable, leafAt, type Table } from '../values/table.ts';
import type { Warn } from '../values/warning.ts';

/** A dependency under the name by which its chart goes: its alias, when it has one. */
export type NamedDependency = Dependency & { readonly chart: string };

export interface Deciding {
  readonly values: Table;
  /** Of the chart in its parents, each with a dot behind it: where conditions begin. */
  readonly path: string;
  readonly warn: Warn;
}

/** Whether a dependency is wanted: its first condition with a truth value decides, or else its tags, of which one true is enough. */
export function isEnabled(dependency: NamedDependency, deciding: Deciding): boolean {
  const byTags = decidedByTags(dependency, deciding);
  return decidedByCondition(dependency, deciding) ?? byTags ?? true;
}

function decidedByTags({ tags = [], name }: NamedDependency, { values, warn }: Deciding): boolean | undefined {
  const all = values.get('tags');
  if (!isTable(all)) return undefined;
  const found = tags.filter((tag) => all.has(tag)).map((tag) => [tag, all.get(tag)] as const);
  for (const [tag, value] of found) if (typeof value !== 'boolean') warn('returned non-bool value', { tag, chart: name });
  if (found.some(([, value]) => value === true)) return true;
  return found.some(([, value]) => value === false) ? false : undefined;
}

function decidedByCondition({ condition = '', name }: NamedDependency, { values, path, warn }: Deciding): boolean | undefined {
  for (const place of condition.trim().split(',')) {
    const value = place === '' ? undefined : leafAt(values, `${path}${place}`);
    if (typeof value === 'boolean') return value;
    if (value !== undefined) warn('returned non-bool value', { path: place, chart: name });
  }
  return undefined;
}
