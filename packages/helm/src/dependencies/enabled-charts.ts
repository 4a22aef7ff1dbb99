import { allowedVersions, InvalidRange } from '@gotk/apimachinery';
import type { Chart } from '../chart/chart.ts';
import type { Dependency } from '../chart/metadata.ts';
import { coalesceChart } from '../values/coalesce.ts';
import type { Table } from '../values/table.ts';
import type { Warn } from '../values/warning.ts';
import { isEnabled, type NamedDependency } from './flags.ts';

interface Enabling {
  readonly values: Table;
  readonly path: string;
  readonly warn: Warn;
}

/**
 * The chart without the charts that its values switch off, at any depth: first what lies in charts/ without being asked for, then what is
 * asked for, in its order, once for each alias. What is switched off is in the metadata no more either.
 */
export function withEnabledCharts(chart: Chart, { values, path, warn }: Enabling): Chart {
  const requested = chart.metadata.dependencies;
  // As upstream: whoever asks for nothing is not looked into.
  if (requested === undefined) return chart;
  const named = requested.map((dependency) => ({ ...dependency, name: dependency.alias ?? dependency.name, chart: dependency.name }));
  const unasked = chart.dependencies.filter((present) => !requested.some((dependency) => answers(present, dependency)));
  const asked = named.flatMap((dependency) => chartFor(dependency, chart.dependencies));
  const all: Chart = withDependencies(chart, { charts: [...unasked, ...asked], requested: named });
  const merged = coalesceChart(all, values, { nulls: 'coalesce', warn });
  const disabled = new Set(named.filter((dependency) => !isEnabled(dependency, { values: merged, path, warn })).map(({ name }) => name));
  const charts = all.dependencies
    .filter(({ metadata }) => !disabled.has(metadata.name))
    .map((its) => withEnabledCharts(its, { values: merged, path: `${path}${its.metadata.name}.`, warn }));
  return withDependencies(chart, { charts, requested: named.filter(({ name }) => !disabled.has(name)) });
}

function chartFor({ chart, ...dependency }: NamedDependency, present: readonly Chart[]): readonly Chart[] {
  const found = present.find((its) => answers(its, { ...dependency, name: chart }));
  return found === undefined ? [] : [{ ...found, metadata: { ...found.metadata, name: dependency.name } }];
}

/** Whether a chart is the one that is asked for: by its name and version. */
function answers({ metadata }: Chart, { name, version = '' }: Dependency): boolean {
  // An empty range is none to Helm.
  if (metadata.name !== name || version.trim() === '') return false;
  try {
    return allowedVersions(version, [metadata.version]).length > 0;
  } catch (error) {
    if (error instanceof InvalidRange) return false;
    throw error;
  }
}

interface Asked {
  readonly charts: readonly Chart[];
  readonly requested: readonly NamedDependency[];
}

function withDependencies(chart: Chart, { charts, requested }: Asked): Chart {
  const { dependencies: _, ...metadata } = chart.metadata;
  const kept = requested.map(({ chart: _name, ...dependency }) => ({ ...dependency, enabled: true }));
  return { ...chart, metadata: { ...metadata, ...(kept.length === 0 ? {} : { dependencies: kept }) }, dependencies: charts };
}
