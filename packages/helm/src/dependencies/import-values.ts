import type { Chart } from '../chart/chart.ts';
import type { Dependency } from '../chart/metadata.ts';
import { isObject } from '../fields.ts';
import { coalesceChart } from '../values/coalesce.ts';
import { coalesceTables } from '../values/coalesce-tables.ts';
import { goText } from '../values/go-text.ts';
import { copyTable, NoTable, type Table, tableAt, valuesOf } from '../values/table.ts';
import type { Warn } from '../values/warning.ts';

/** What of a chart's values goes where in those of the chart that needs it. */
interface ImportedValues {
  readonly child: string;
  readonly parent: string;
  /** Whether it was asked for by its name alone. */
  readonly isShort: boolean;
}

/**
 * The chart with the values that it takes from the charts in it, from the innermost outwards: its own count more. A chart with dependencies
 * has all the defaults of the charts in it among its own then.
 */
export function withImportedValues(chart: Chart, warn: Warn): Chart {
  const inner: Chart = { ...chart, dependencies: chart.dependencies.map((its) => withImportedValues(its, warn)) };
  const { dependencies } = inner.metadata;
  if (dependencies === undefined) return inner;
  const merging = { nulls: 'merge', warn, path: '' } as const;
  const values = coalesceChart(inner, new Map(), merging);
  const imported: Table = new Map();
  for (const dependency of dependencies) {
    for (const wanted of importsOf(dependency)) {
      const found = wantedTable(values, dependency, { ...wanted, warn });
      if (found !== undefined) coalesceTables(imported, found, merging);
    }
  }
  const metadata = { ...inner.metadata, dependencies: dependencies.map(inLongForm) };
  return { ...inner, metadata, values: valuesOf(coalesceTables(copyTable(values), imported, merging)) };
}

/** A text is short for what the chart exports under that name. */
function importsOf({ 'import-values': wanted = [] }: Dependency): readonly ImportedValues[] {
  return wanted.flatMap<ImportedValues>((item) => {
    if (typeof item === 'string') return [{ child: `exports.${item}`, parent: '.', isShort: true }];
    return isObject(item) ? [{ child: goText(item.child), parent: goText(item.parent), isShort: false }] : [];
  });
}

function inLongForm(dependency: Dependency): Dependency {
  if (dependency['import-values'] === undefined) return dependency;
  return { ...dependency, 'import-values': importsOf(dependency).map(({ child, parent }) => ({ child, parent })) };
}

interface Wanted extends ImportedValues {
  readonly warn: Warn;
}

function wantedTable(values: Table, { name }: Dependency, { child, parent, isShort, warn }: Wanted): Table | undefined {
  let found: Table;
  try {
    found = tableAt(values, `${name}.${child}`);
  } catch (error) {
    if (!(error instanceof NoTable)) throw error;
    if (isShort) warn('ImportValues missing table', { error: error.message });
    else warn('ImportValues missing table from chart', { chart: name, error: error.message });
    return undefined;
  }
  if (parent === '.') return found;
  return parent.split('.').reduceRight<Table>((below, key) => new Map([[key, below]]), found);
}
