import type { KubeObject } from '@gotk/apimachinery';
import { AGE, READY, STATUS } from '../../custom-resource.ts';
import { duration, STATUS_DEFAULT } from '../../meta/fields.ts';
import { boolean, type Described, list, object, oneOf, optional, string } from '../../schema.ts';
import { sourceCrd, sourceStatus } from './source.ts';
import { chartVerification } from './verification.ts';

const sourceRef = object(
  {
    apiVersion: optional(string('Group and version of the source.')),
    kind: oneOf(['HelmRepository', 'GitRepository', 'Bucket'], 'Kind of the source.'),
    name: string('Name of the source, in the same namespace.'),
  },
  'Where the chart comes from.',
);

const spec = object(
  {
    chart: string('Name of the chart; for a GitRepository or a Bucket, the directory or the package within it.'),
    version: optional(string('Version, or range of versions; for a chart from a HelmRepository.', { default: '*' })),
    sourceRef,
    interval: duration('How often to look for a newer version.'),
    reconcileStrategy: optional(
      oneOf(['ChartVersion', 'Revision'], 'What makes a new artifact: another version of the chart, or another revision of the source.', {
        default: 'ChartVersion',
      }),
    ),
    valuesFiles: optional(
      list(
        string('A path, relative to the chart; for a GitRepository or a Bucket, to the root of the source.'),
        'Files that, merged in order, become the values of the chart.',
      ),
    ),
    ignoreMissingValuesFiles: optional(boolean('Leave out those files of valuesFiles that do not exist.')),
    suspend: optional(boolean('Stop looking until this is false again; the last artifact stays available.')),
    verify: optional(chartVerification),
  },
  'Which chart to fetch or to package.',
  {
    'x-kubernetes-validations': [
      {
        rule: "!has(self.verify) || self.sourceRef.kind == 'HelmRepository'",
        message: "verify can only be set for a sourceRef of kind 'HelmRepository'",
      },
    ],
  },
);

const status = object(
  {
    ...sourceStatus,
    observedSourceArtifactRevision: optional(string('The revision of the source that the chart was made from.')),
    observedChartName: optional(string('The name of the chart, as its Chart.yaml says.')),
    observedValuesFiles: optional(list(string('A path.'), 'Those of `spec.valuesFiles` that were there and merged.')),
    url: optional(string('Where the latest chart can be fetched from; prefer `artifact.url`.')),
  },
  'The chart that was fetched.',
  { default: STATUS_DEFAULT },
);

export type HelmChartSpec = Described<typeof spec>;
export type HelmChartStatus = Described<typeof status>;

/** A Helm chart, kept as an artifact of its newest matching version. */
export interface HelmChart extends KubeObject {
  readonly spec: HelmChartSpec;
  readonly status?: HelmChartStatus;
}

export const helmChartDefinition = sourceCrd<HelmChart>({
  kind: 'HelmChart',
  plural: 'helmcharts',
  singular: 'helmchart',
  shortNames: ['hc'],
  description: 'A Helm chart, kept as an artifact of its newest matching version.',
  columns: [
    { name: 'Chart', type: 'string', jsonPath: '.spec.chart' },
    { name: 'Version', type: 'string', jsonPath: '.spec.version' },
    { name: 'Source Kind', type: 'string', jsonPath: '.spec.sourceRef.kind' },
    { name: 'Source Name', type: 'string', jsonPath: '.spec.sourceRef.name' },
    AGE,
    READY,
    STATUS,
  ],
  spec,
  status,
});

export const helmCharts = helmChartDefinition.resource;
