import type { Chart } from '../chart/chart.ts';
import type { Values } from '../values/merge-maps.ts';
import { tableOf } from '../values/table.ts';
import { collectWarnings, type Warning } from '../values/warning.ts';
import { withEnabledCharts } from './enabled-charts.ts';
import { withImportedValues } from './import-values.ts';

export interface ProcessedChart {
  readonly chart: Chart;
  readonly warnings: readonly Warning[];
}

/**
 * The chart as it is to be rendered with these values: the charts in it under their aliases, those that conditions and tags switch off gone,
 * and values imported from those that are left. Throws `HelmError` of kind `invalid-values` when something other than a map was given for a
 * chart.
 */
export function processDependencies(chart: Chart, given: Values): ProcessedChart {
  const { warn, warnings } = collectWarnings();
  const enabled = withEnabledCharts(chart, { values: tableOf(given), path: '', warn });
  return { chart: withImportedValues(enabled, warn), warnings: warnings() };
}
