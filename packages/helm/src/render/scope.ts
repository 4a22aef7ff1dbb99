import { fromBytes, type GoMap, type GoValue, Typed } from '@gotk/gotemplate';
import { cleanPath } from '../chart/archive.ts';
import type { Chart } from '../chart/chart.ts';
import { chartValue } from './chart-value.ts';
import { filesValue } from './files-value.ts';
import { valuesMap } from './values-type.ts';

/** A template of a chart, with what it sees. */
export interface ScopedTemplate {
  /** With the charts it is in: `app/charts/sub/templates/a.yaml`. */
  readonly path: string;
  readonly text: string;
  /** The map behind the dot: that of all templates of its chart. */
  readonly scope: GoMap;
  /** Of the templates of its chart: `app/charts/sub/templates`. */
  readonly basePath: string;
}

/** What all charts in a chart see alike. */
export interface Shared {
  readonly values: GoValue;
  readonly release: GoMap;
  readonly capabilities: GoValue;
}

/** The templates of a chart and of the charts in it, each with its scope: its chart's own values, and the globals. */
export function scopedTemplates(chart: Chart, shared: Shared): readonly ScopedTemplate[] {
  const templates = new Map<string, ScopedTemplate>();
  collect(chart, { templates, shared, values: shared.values, parent: undefined });
  return [...templates.values()];
}

interface Collecting {
  readonly templates: Map<string, ScopedTemplate>;
  readonly shared: Shared;
  readonly values: GoValue;
  /** The path of the chart that it is in; undefined for the root. */
  readonly parent: string | undefined;
}

function collect(chart: Chart, { templates, shared, values, parent }: Collecting): GoMap {
  const { name, type = '' } = chart.metadata;
  const path = parent === undefined ? name : `${parent}/charts/${name}`;
  const subcharts: GoMap = new Map();
  const scope: GoMap = new Map<string, GoValue>([
    ['Chart', chartValue(chart, parent === undefined)],
    ['Files', filesValue(chart.files)],
    ['Release', shared.release],
    ['Capabilities', shared.capabilities],
    ['Values', values],
    ['Subcharts', subcharts],
  ]);
  for (const subchart of chart.dependencies) {
    const its = valuesAt(values, subchart.metadata.name) ?? valuesMap(new Map());
    subcharts.set(subchart.metadata.name, collect(subchart, { templates, shared, values: its, parent: path }));
  }
  for (const template of chart.templates) {
    if (type.toLowerCase() === 'library' && !isPartial(template.name)) continue;
    const full = cleanPath(`${path}/${template.name}`);
    templates.set(full, { path: full, text: fromBytes(template.data), scope, basePath: cleanPath(`${path}/templates`) });
  }
  return scope;
}

/** Templates for others: what they print by themselves is nobody's. */
export const isPartial = (path: string): boolean => path.slice(path.lastIndexOf('/') + 1).startsWith('_');

/** The values of a chart within those of the one that it is in; a dot in its name leads further down, as in Helm. */
function valuesAt(values: GoValue, name: string): GoValue {
  let found: GoValue = values;
  for (const key of name.split('.')) {
    const map = found instanceof Typed ? found.raw : found;
    found = map instanceof Map ? map.get(key) : undefined;
  }
  return found instanceof Map ? valuesMap(found) : undefined;
}
