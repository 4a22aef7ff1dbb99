import { withBuildMetadata } from '@gotk/apimachinery';
import { HelmError } from '../helm-error.ts';
import { effectiveValuesFiles } from '../values/values-files.ts';
import { cleanPath } from './archive.ts';
import type { Chart } from './chart.ts';

/** What of a HelmChart object and its source decides about the version of what is built. */
export interface BuildRequest {
  /** The HelmChart's, on which the values files may have changed. */
  readonly generation: number;
  readonly valuesFiles: readonly string[];
  readonly source:
    | { readonly kind: 'HelmRepository' }
    | { readonly kind: 'GitRepository' | 'Bucket'; readonly reconcileStrategy: 'ChartVersion' | 'Revision'; readonly revision: string };
}

/**
 * The build metadata of the packaged chart's version, as Flux makes it: with the strategy `Revision` the first 12 characters of the commit
 * or of the bucket's digest, with values files of its own the generation, both joined by a dot; empty when the chart's own version stays.
 */
export function buildMetadata({ generation, valuesFiles, source }: BuildRequest): string {
  const revision = source.kind !== 'HelmRepository' && source.reconcileStrategy === 'Revision' ? shortRevision(source.revision) : '';
  const values = effectiveValuesFiles(valuesFiles).length > 0 ? String(generation) : '';
  return [revision, values].filter((part) => part !== '').join('.');
}

/** Labels end at 63 characters, and the version is in some. */
const shortRevision = (revision: string): string =>
  revision.slice(Math.max(revision.lastIndexOf(':'), revision.lastIndexOf('/')) + 1).slice(0, 12);

/**
 * The version of the packaged chart: its own, or, with build metadata, its own in full with that. Throws `HelmError` of kind
 * `invalid-chart`.
 */
export function buildVersion(version: string, metadata: string): string {
  if (metadata === '') return version;
  const built = withBuildMetadata(version, metadata);
  if (built === undefined) throw new HelmError('invalid-chart', 'failed to set SemVer metadata on chart version');
  return built;
}

/** The chart under another version. */
export const withVersion = (chart: Chart, version: string): Chart => ({ ...chart, metadata: { ...chart.metadata, version } });

/**
 * Checks what a HelmChart asks of a HelmRepository. Throws `HelmError` of kind `invalid-reference` with Flux's message.
 */
export function checkChartName(name: string): void {
  if (name === '') throw new HelmError('invalid-reference', 'no name set for remote chart reference');
  if (/^(?:[-a-z0-9]\/?\.?)+$/.test(name)) return;
  throw new HelmError(
    'invalid-reference',
    `invalid chart name '${name.slice(0, 256)}': a valid name must be lower case letters and numbers and MAY be separated with dashes (-), slashes (/) or periods (.)`,
  );
}

/**
 * Where a chart is in its source, relative to the root, which `..` does not leave: the root itself is the empty path.
 * Throws `HelmError` of kind `invalid-reference`.
 */
export function chartPath(path: string): string {
  if (path === '') throw new HelmError('invalid-reference', 'no path set for local chart reference');
  if (path.startsWith('/')) throw new HelmError('invalid-reference', 'local chart reference path is expected to be relative');
  return pathInSource(path);
}

/** A path as if the source's root were that of the file system: `..` stays in it. */
export const pathInSource = (path: string): string => cleanPath(`/${path}`).slice(1);
