import { cleanPath } from './archive.ts';
import type { Chart, ChartFile } from './chart.ts';

/** A file of a chart's crds/, which is not rendered. */
export interface ResourceDefinitionFile {
  readonly file: ChartFile;
  /** With the charts it is in: `app/charts/sub/crds/a.yaml`. */
  readonly path: string;
}

/** The files in crds/ of a chart and then of the charts in it, in their orders. They are there before anything of the chart is rendered. */
export const resourceDefinitionsOf = (chart: Chart): readonly ResourceDefinitionFile[] => below(chart, '');

function below({ metadata, files, dependencies }: Chart, parent: string): readonly ResourceDefinitionFile[] {
  const base = parent === '' ? metadata.name : `${parent}/charts/${metadata.name}`;
  const own = files.filter(({ name }) => name.startsWith('crds/') && /\.(?:ya?ml|json)$/i.test(name));
  return [
    ...own.map((file) => ({ file, path: cleanPath(`${base}/${file.name}`) })),
    ...dependencies.flatMap((chart) => below(chart, base)),
  ];
}
