import { type ChartFiles, HelmError, loadChart, loadMetadata, type MissingDependency, planDependencies } from '@gotk/helm';
import type { ChartPart, Refused } from './chart-part.ts';
import { tarEntries } from './chart-tar.ts';
import { type ChartSizes, chartAt, limitsOf, openTree, type SourceTree } from './chart-tree.ts';
import { answering, inPart } from './refusing.ts';

/** Plain data: it crosses into a worker thread. */
export interface PlanCharts {
  /** A source's artifact. */
  readonly archive: string;
  /** A file of the task's own, not there yet. */
  readonly contentsFile: string;
  /** Where the charts are in it: clean. */
  readonly paths: readonly string[];
  readonly sizes: ChartSizes;
}

/** What is to be known of a chart in a source before it is built. */
export interface ChartPlan {
  readonly kind: 'plan';
  readonly name: string;
  readonly version: string;
  readonly isDirectory: boolean;
  /** What has to be fetched for it, or why it can never be built: a chart that is there under its version already need not be. */
  readonly missing: readonly MissingDependency[] | { readonly part: ChartPart; readonly problem: string };
}

export type PlannedCharts = readonly { readonly path: string; readonly plan: ChartPlan | Refused }[];

/** Looks at charts in a source. */
export async function planCharts({ archive, contentsFile, paths, sizes }: PlanCharts): Promise<PlannedCharts> {
  using tree = await openTree(archive, contentsFile);
  return paths.map((path) => ({ path, plan: answering(() => planOf(tree, path, sizes)) }));
}

function planOf(tree: SourceTree, path: string, sizes: ChartSizes): ChartPlan {
  const { files, kind } = inPart('reference', () => there(chartAt(tree, path, sizes), path));
  const { name, version } = inPart('reference', () => loadMetadata(files));
  const isDirectory = kind === 'directory';
  return { kind: 'plan', name, version, isDirectory, missing: isDirectory ? missingOf(files, path, sizes) : [] };
}

export function there<T>(chart: T | undefined, path: string): T {
  if (chart === undefined) throw new HelmError('invalid-reference', `no chart found at path '/${path}'`);
  return chart;
}

function missingOf(files: ChartFiles, path: string, sizes: ChartSizes): ChartPlan['missing'] {
  try {
    return planDependencies(loadChart(files, { unpack: tarEntries, limits: limitsOf(sizes) }), path);
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    return { part: error.kind === 'invalid-dependency' ? 'dependencies' : 'package', problem: error.message };
  }
}
