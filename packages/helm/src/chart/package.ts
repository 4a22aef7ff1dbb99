import { renderYaml } from '@gotk/apimachinery/yaml';
import { HelmError } from '../helm-error.ts';
import type { Chart, ChartFile } from './chart.ts';
import { validateMetadata } from './validate.ts';

/**
 * The files of the chart's archive in Helm's order, under a directory of the chart's name: Chart.yaml and Chart.lock written anew, values
 * and schema as they are, templates, other files, and the charts in charts/ as directories, whatever they came as. The caller packs them.
 * Throws `HelmError` of kind `invalid-chart` when the chart, or one in it, could not be loaded again.
 */
export function renderChartFiles(chart: Chart): readonly ChartFile[] {
  return filesBelow(chart, '');
}

/** What an archive of the chart is called. */
export const chartFileName = ({ metadata }: Chart): string => `${metadata.name}-${metadata.version}.tgz`;

function filesBelow(chart: Chart, prefix: string): readonly ChartFile[] {
  const { metadata, lock, valuesFile, schema, templates, files, dependencies } = chart;
  validateMetadata(metadata);
  const base = `${prefix}${metadata.name}/`;
  const isV1 = metadata.apiVersion === 'v1';
  // A v1 chart has them in its requirements.yaml, which is among its files.
  const { dependencies: _, ...withoutDependencies } = metadata;
  const own: ChartFile[] = [{ name: 'Chart.yaml', data: yaml(isV1 ? withoutDependencies : metadata) }];
  if (lock !== undefined && metadata.apiVersion === 'v2')
    own.push({ name: 'Chart.lock', data: yaml({ ...lock, dependencies: lock.dependencies.length === 0 ? null : lock.dependencies }) });
  if (valuesFile !== undefined) own.push({ name: 'values.yaml', data: valuesFile });
  if (schema !== undefined) own.push({ name: 'values.schema.json', data: checkedSchema(schema) });
  return [
    ...[...own, ...templates, ...files].map(({ name, data }) => ({ name: `${base}${name}`, data })),
    ...dependencies.flatMap((dependency) => filesBelow(dependency, `${base}charts/`)),
  ];
}

const yaml = (value: unknown): Uint8Array => new TextEncoder().encode(renderYaml(value));

function checkedSchema(schema: Uint8Array): Uint8Array {
  try {
    JSON.parse(new TextDecoder().decode(schema));
  } catch (error) {
    throw new HelmError('invalid-chart', 'invalid JSON in values.schema.json', { cause: error });
  }
  return schema;
}
