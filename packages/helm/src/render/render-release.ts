import { allowedVersions, InvalidRange } from '@gotk/apimachinery';
import { type Capabilities, DEFAULT_CAPABILITIES } from '../capabilities/capabilities.ts';
import type { Chart } from '../chart/chart.ts';
import { checkApiVersion } from '../chart/installable.ts';
import { processDependencies } from '../dependencies/process-dependencies.ts';
import { HelmError } from '../helm-error.ts';
import type { Hook } from '../manifests/hook.ts';
import { INSTALL_ORDER } from '../manifests/kind-order.ts';
import { splitNotes } from '../manifests/notes.ts';
import { type Manifest, type RenderedFiles, sortManifests } from '../manifests/sort-manifests.ts';
import type { SchemaCache } from '../schema/schema-cache.ts';
import { validateValues } from '../schema/validate-values.ts';
import { coalesceValues } from '../values/coalesce.ts';
import type { Values } from '../values/merge-maps.ts';
import type { Warning } from '../values/warning.ts';
import { checkReleaseName } from './release-name.ts';
import { type RenderChartOptions, renderChart } from './render-chart.ts';

export interface RenderReleaseOptions extends RenderChartOptions {
  /** What checks the values by the schemas of the charts; values are not checked without it. */
  readonly schemas?: SchemaCache;
  /** `--render-subchart-notes`. */
  readonly withSubchartNotes?: boolean;
  /** May change what was rendered, hooks included, before it is sorted into objects and hooks. */
  readonly postRender?: (files: RenderedFiles) => RenderedFiles;
}

export interface RenderedRelease {
  /** The chart with the charts in it that these values leave, under their aliases. */
  readonly chart: Chart;
  /** In the order in which they are to be applied. */
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Hook[];
  readonly notes: string;
  readonly warnings: readonly Warning[];
}

/**
 * What a release of a chart consists of, with the values that were given for it: all that Helm does between both.
 *
 * Guarantees as `renderChart`. Throws `HelmError` with Helm's message: `invalid-reference` for the name of the release, `invalid-chart` for one that does not want this
 * version of Kubernetes, `invalid-values`, `invalid-schema`, `invalid-template`, `invalid-manifest`, `too-large`.
 */
export function renderRelease(chart: Chart, given: Values, options: RenderReleaseOptions): RenderedRelease {
  const { release, capabilities = DEFAULT_CAPABILITIES, schemas, withSubchartNotes = false, postRender = (files) => files } = options;
  checkApiVersion(chart.metadata);
  checkReleaseName(release.name);
  const processed = dependenciesOf(chart, given);
  const coalesced = coalesceValues(processed.chart, given);
  const problems = schemas === undefined ? [] : validateValues(processed.chart, coalesced.values, schemas);
  checkKubeVersion(processed.chart, capabilities);
  const rendered = renderChart(processed.chart, coalesced.values, { ...options, capabilities });
  const { notes, files } = splitNotes(rendered, { chart: processed.chart.metadata.name, withSubcharts: withSubchartNotes });
  const { manifests, hooks, warnings } = sortManifests(postRender(files), INSTALL_ORDER);
  return {
    chart: processed.chart,
    manifests,
    hooks,
    notes,
    warnings: [...processed.warnings, ...coalesced.warnings, ...problems, ...warnings],
  };
}

function dependenciesOf(chart: Chart, given: Values): ReturnType<typeof processDependencies> {
  try {
    return processDependencies(chart, given);
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    throw new HelmError(error.kind, `chart dependencies processing failed: ${error.message}`, { cause: error });
  }
}

function checkKubeVersion({ metadata: { kubeVersion: range } }: Chart, { kubeVersion }: Capabilities): void {
  if (range === undefined || allows(range, kubeVersion.normalized)) return;
  throw new HelmError('invalid-chart', `chart requires kubeVersion: ${range} which is incompatible with Kubernetes ${kubeVersion.version}`);
}

function allows(range: string, version: string): boolean {
  try {
    return allowedVersions(range, [version]).length > 0;
  } catch (error) {
    if (error instanceof InvalidRange) return false;
    throw error;
  }
}
