import type { Chart } from '../chart/chart.ts';
import { HelmError } from '../helm-error.ts';
import { coalesceTables, dropNulls, joinPath, type Merging, type NullRule } from './coalesce-tables.ts';
import { goTruthText } from './go-text.ts';
import type { Values } from './merge-maps.ts';
import { copyTable, isTable, type Table, tableOf, valuesOf } from './table.ts';
import { collectWarnings, type Warn, type Warning } from './warning.ts';

export interface CoalescedValues {
  readonly values: Values;
  readonly warnings: readonly Warning[];
}

/**
 * The values that a chart's templates see: those given, and below them its own and those of the charts in it, each under its name and with
 * the globals of all above it. A null that was given takes its default away. Numbers of charts are `number`s, whatever their size: Go reads
 * them so; those given stay what they are. Throws `HelmError` of kind `invalid-values` when something other than a map was given for a
 * chart.
 */
export function coalesceValues(chart: Chart, given: Values): CoalescedValues {
  const { warn, warnings } = collectWarnings();
  return { values: valuesOf(coalesceChart(chart, tableOf(given), { nulls: 'coalesce', warn })), warnings: warnings() };
}

export interface Coalescing {
  readonly nulls: NullRule;
  readonly warn: Warn;
}

/** The same with tables. Leaves `given` as it is. */
export const coalesceChart = (chart: Chart, given: Table, coalescing: Coalescing): Table =>
  coalesce(chart, copyTable(given), { ...coalescing, path: '' });

function coalesce(chart: Chart, target: Table, merging: Merging): Table {
  addDefaults(chart, target, merging);
  const path = joinPath(merging.path, chart.metadata.name);
  for (const subchart of chart.dependencies) {
    const { name } = subchart.metadata;
    const its = target.get(name) ?? (target.has(name) ? null : new Map());
    if (!isTable(its)) throw new HelmError('invalid-values', `type mismatch on ${name}: ${goTruthText(its)}`);
    target.set(name, its);
    addGlobals(its, target, { ...merging, path });
    coalesce(subchart, its, { ...merging, path });
  }
  return target;
}

/** The values of one chart below those that are there. */
function addDefaults(chart: Chart, target: Table, { nulls, warn, path }: Merging): void {
  const full = joinPath(path, chart.metadata.name);
  const subcharts = new Set(chart.dependencies.map(({ metadata }) => metadata.name));
  for (const [key, value] of tableOf(chart.values, Number)) {
    const given = target.get(key);
    if (given === undefined) {
      if (nulls === 'coalesce' && value === null) continue;
      if (nulls === 'coalesce' && isTable(value)) dropNulls(value);
      target.set(key, value);
    } else if (given === null) {
      if (nulls === 'coalesce') target.delete(key);
    } else if (isTable(given)) {
      if (isTable(value)) {
        // The nulls for a chart in this one are looked at when its own defaults are there.
        const rule = subcharts.has(key) ? 'merge' : nulls;
        if (rule === 'coalesce') dropNulls(value);
        coalesceTables(given, value, { nulls: rule, warn, path: joinPath(full, key) });
      } else if (value !== null) warn(`warning: skipped value for ${full}.${key}: Not a table.`);
    }
  }
}

const GLOBAL = 'global';

/** Hands the globals of a chart on to one in it. Those of the upper chart count more. */
function addGlobals(target: Table, source: Table, { warn, path }: Merging): void {
  const globals = target.has(GLOBAL) ? target.get(GLOBAL) : new Map();
  if (!isTable(globals)) {
    warn('warning: skipping globals because destination global is not a table.');
    return;
  }
  const upper = source.has(GLOBAL) ? source.get(GLOBAL) : new Map();
  if (!isTable(upper)) {
    warn('warning: skipping globals because source global is not a table.');
    return;
  }
  for (const [key, value] of upper) addGlobal(globals, [key, value], { nulls: 'merge', warn, path });
  target.set(GLOBAL, globals);
}

function addGlobal(globals: Table, [key, value]: readonly [string, unknown], { nulls, warn, path }: Merging): void {
  const own = globals.get(key);
  if (!isTable(value)) {
    if (isTable(own)) warn(`key ${key} is table. Skipping`);
    else globals.set(key, value);
    return;
  }
  // Tables below this one stay shared: Helm lets what a chart adds there be seen by the one above it.
  const copy = new Map(value);
  if (own === undefined) globals.set(key, copy);
  else if (isTable(own)) globals.set(key, coalesceTables(copy, own, { nulls, warn, path: joinPath(path, key) }));
  else warn(`Conflict: cannot merge map onto non-map for ${JSON.stringify(key)}. Skipping.`);
}
