import { renderYaml } from '@gotk/apimachinery/yaml';
import { cleanPath } from '../chart/archive.ts';
import type { Chart } from '../chart/chart.ts';
import { HelmError } from '../helm-error.ts';
import { mergeMaps, type Values } from './merge-maps.ts';
import { readValues } from './read-values.ts';

const VALUES_FILE = 'values.yaml';

/** The values files of a HelmChart that change anything: its own values.yaml alone does not. */
export const effectiveValuesFiles = (files: readonly string[]): readonly string[] =>
  files.length === 1 && cleanPath(files[0] ?? '') === VALUES_FILE ? [] : files;

export interface MergeOptions {
  /** `spec.ignoreMissingValuesFiles`. */
  readonly ignoreMissing: boolean;
}

/** What values files come to, and which of them were there, in the order given. */
export interface MergedValues {
  readonly values: Values;
  readonly files: readonly string[];
}

/** Why a file cannot be had. A class, as values may have any key. */
class Missing {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/**
 * Merges values files of a source, for a chart of a GitRepository or a Bucket: paths are relative to the source's root, which `..` does not
 * leave. `read` is called with a clean path below it, and returns nothing where there is no file. Throws `HelmError`:
 * `values-file-not-found`, `invalid-values`.
 */
export function mergeSourceValues(
  read: (path: string) => Uint8Array | undefined,
  paths: readonly string[],
  options: MergeOptions,
): MergedValues {
  return merge(paths, options, (path) => {
    const place = cleanPath(`/${path}`);
    const file = read(place.slice(1));
    if (file !== undefined) return readValues(file, path);
    return new Missing(`no values file found at path '${place}' (reference '${path}')`);
  });
}

/** The same for files of the chart itself, for a chart of a HelmRepository. Its own values.yaml is one of them. */
export function mergeChartValues(chart: Chart, paths: readonly string[], options: MergeOptions): MergedValues {
  return merge(paths, options, (path) => {
    const clean = cleanPath(path);
    if (clean === VALUES_FILE) return chart.values;
    const file = chart.files.find(({ name }) => name === clean);
    return file === undefined ? new Missing(`no values file found at path '${path}'`) : readValues(file.data, path);
  });
}

function merge(paths: readonly string[], { ignoreMissing }: MergeOptions, read: (path: string) => Values | Missing): MergedValues {
  const files: string[] = [];
  let values: Values = {};
  for (const path of paths) {
    const found = read(path);
    if (found instanceof Missing) {
      if (ignoreMissing) continue;
      throw new HelmError('values-file-not-found', found.reason);
    }
    values = mergeMaps(values, found);
    files.push(path);
  }
  return { values, files };
}

/** The chart with other default values, and whether that changes its values.yaml. */
export interface Overwritten {
  readonly chart: Chart;
  readonly changed: boolean;
}

/**
 * Replaces a chart's values.yaml by merged values, rendered as Helm renders them: no values are an empty file.
 * Throws `HelmError` of kind `invalid-chart` for a chart that has none to replace.
 */
export function withDefaultValues(chart: Chart, values: Values): Overwritten {
  const { valuesFile } = chart;
  if (valuesFile === undefined) throw new HelmError('invalid-chart', `failed to locate values file: ${VALUES_FILE}`);
  const data = new TextEncoder().encode(Object.keys(values).length === 0 ? '' : renderYaml(values));
  if (data.length === valuesFile.length && data.every((byte, at) => byte === valuesFile[at])) return { chart, changed: false };
  return { chart: { ...chart, values, valuesFile: data }, changed: true };
}
