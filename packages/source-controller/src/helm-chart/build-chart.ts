import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createHasher, type DigestAlgorithm } from '@gotk/artifact/files';
import {
  type Chart,
  type ChartFiles,
  effectiveValuesFiles,
  HelmError,
  loadChart,
  loadMetadata,
  type MissingDependency,
  mergeChartValues,
  mergeSourceValues,
  renderChartFiles,
  withDefaultValues,
  withDependencies,
  withVersion,
} from '@gotk/helm';
import type { Refused } from './chart-part.ts';
import { packTar, tarEntries } from './chart-tar.ts';
import { type ChartSizes, chartAt, filesOfPackage, limitsOf, openTree, type SourceTree } from './chart-tree.ts';
import { there } from './plan-chart.ts';
import { answering, inPart } from './refusing.ts';

/** How what is built differs from what is there. */
export interface BuildOptions {
  /** Of what is built, metadata included. */
  readonly version: string;
  /** `spec.valuesFiles`. */
  readonly valuesFiles: readonly string[];
  readonly ignoreMissing: boolean;
  readonly sizes: ChartSizes;
  readonly algorithm: DigestAlgorithm;
  /** Where the chart goes. */
  readonly output: string;
}

/** Plain data: it crosses into a worker thread. A chart as it was pulled. */
export interface BuildPulledChart extends BuildOptions {
  readonly chartFile: string;
  /** Of the chart, for messages. */
  readonly name: string;
}

/** The same of one in a source. */
export interface BuildSourceChart extends BuildOptions {
  readonly archive: string;
  /** A file of the task's own, not there yet. */
  readonly contentsFile: string;
  readonly path: string;
  /** Whether the chart's version differs from the one that it has. */
  readonly renamed: boolean;
  /** With the file of each that had to be fetched. */
  readonly missing: readonly { readonly dependency: MissingDependency; readonly chartFile?: string }[];
}

export interface BuiltChart {
  readonly kind: 'built';
  /** `sha256:<hex>` of the package. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Those that were there and merged. */
  readonly valuesFiles: readonly string[];
}

/** Makes the artifact of a chart that was pulled: the same bytes, unless values files have a say. */
export function buildPulledChart(task: BuildPulledChart): BuiltChart | Refused {
  const { chartFile, name, version, valuesFiles, ignoreMissing, sizes } = task;
  const isPackaged = effectiveValuesFiles(valuesFiles).length > 0;
  return answering(() => {
    const bytes = readFileSync(chartFile);
    const file = { path: name, size: bytes.length, content: bytes };
    const files = inPart(isPackaged ? 'package' : 'pull', () => filesOfPackage(file, sizes));
    if (!isPackaged) {
      inPart('pull', () => loadMetadata(files));
      return finished(bytes, [], task);
    }
    const chart = withVersion(
      inPart('package', () => load(files, sizes)),
      version,
    );
    const merged = inPart('values', () => mergeChartValues(chart, valuesFiles, { ignoreMissing }));
    const built = inPart('values', () => withDefaultValues(chart, merged.values).chart);
    return finished(packed(built), merged.files, task);
  });
}

/** Makes the artifact of a chart in a source: packages it with what it depends on, unless it is a package already and nothing about it has to change. */
export async function buildSourceChart(task: BuildSourceChart): Promise<BuiltChart | Refused> {
  const { archive, contentsFile, path, version, renamed, valuesFiles, ignoreMissing, sizes } = task;
  using tree = await openTree(archive, contentsFile);
  return answering(() => {
    const hasValues = effectiveValuesFiles(valuesFiles).length > 0;
    const { kind, files } = inPart('reference', () => there(chartAt(tree, path, sizes), path));
    if (kind === 'package' && !renamed && !hasValues) return finished(tree.files.get(path)?.content, [], task);
    const read = (name: string) => valuesIn(tree, name);
    const merged = inPart('values', () => (hasValues ? mergeSourceValues(read, valuesFiles, { ignoreMissing }) : undefined));
    const loaded = withVersion(
      inPart('package', () => load(files, sizes)),
      version,
    );
    const chart = merged === undefined ? loaded : inPart('values', () => withDefaultValues(loaded, merged.values).chart);
    const whole = kind === 'package' ? chart : inPart('dependencies', () => withDependencies(chart, foundIn(tree, task)));
    return finished(packed(whole), merged?.files ?? [], task);
  });
}

const load = (files: ChartFiles, sizes: ChartSizes): Chart => loadChart(files, { unpack: tarEntries, limits: limitsOf(sizes) });

const packed = (chart: Chart): Buffer => inPart('package', () => packTar(renderChartFiles(chart)));

/** What a chart depends on: of the source itself, or fetched. */
function foundIn(tree: SourceTree, { missing, sizes }: BuildSourceChart): readonly (readonly [MissingDependency, Chart])[] {
  return missing.map(({ dependency, chartFile }) => {
    const { name, alias = name, repository } = dependency.dependency;
    try {
      return [dependency, load(filesOf(dependency, { tree, chartFile, sizes }), sizes)] as const;
    } catch (error) {
      if (!(error instanceof HelmError)) throw error;
      const where =
        dependency.kind === 'local'
          ? `local dependency '${alias}': failed to load chart from '/${dependency.path}' (reference '${repository}')`
          : `remote dependency '${alias}': failed to load downloaded archive`;
      throw new HelmError('invalid-dependency', `failed to add ${where}: ${error.message}`, { cause: error });
    }
  });
}

interface Place {
  readonly tree: SourceTree;
  readonly chartFile: string | undefined;
  readonly sizes: ChartSizes;
}

function filesOf(dependency: MissingDependency, { tree, chartFile, sizes }: Place): ChartFiles {
  if (dependency.kind === 'local') return there(chartAt(tree, dependency.path, sizes), dependency.path).files;
  if (chartFile === undefined) throw new Error('a dependency was not fetched');
  const bytes = readFileSync(chartFile);
  return filesOfPackage({ path: dependency.chart, size: bytes.length, content: bytes }, sizes);
}

/** Larger than any values file. */
const MAX_VALUES_BYTES = 32 * 1024 * 1024;

function valuesIn({ files }: SourceTree, path: string): Uint8Array | undefined {
  const file = files.get(path);
  if (file !== undefined && file.size > MAX_VALUES_BYTES)
    throw new HelmError('too-large', `'${path}' is larger than ${MAX_VALUES_BYTES} bytes`);
  return file?.content;
}

function finished(bytes: Uint8Array | undefined, valuesFiles: readonly string[], { algorithm, output }: BuildOptions): BuiltChart {
  if (bytes === undefined) throw new Error('the chart is not where it was');
  writeFileSync(output, bytes, { mode: 0o600 });
  const file = openSync(output, 'r');
  fsyncSync(file);
  closeSync(file);
  const hasher = createHasher(algorithm);
  hasher.update(bytes);
  return { kind: 'built', digest: `${algorithm}:${hasher.hex()}`, size: bytes.length, valuesFiles };
}
