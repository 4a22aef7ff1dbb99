import { join } from 'node:path';
import type { HelmChart } from '@gotk/api';
import type { Scratch } from '@gotk/artifact';
import { type BuildRequest, buildMetadata, buildVersion } from '@gotk/helm';
import type { ConditionUpdate, ReconcileContext } from '@gotk/runtime';
import type { HelmDeps } from '../helm-repository/helm-deps.ts';
import type { Way } from '../helm-repository/repository-access.ts';
import type { SharedDrafts } from '../source/shared-drafts.ts';
import type { Draft, SourceRun } from '../source/source-run.ts';
import type { BuildPulledChart, BuildSourceChart, BuiltChart } from './build-chart.ts';
import { PartFailed, part, type Refused } from './chart-part.ts';
import type { ChartSources } from './chart-source.ts';
import { LIMITS } from './limits.ts';
import type { SourcePlans } from './source-plans.ts';
import { type ChartStage, staged } from './stages.ts';

/** What HelmCharts have in common. */
export interface Common {
  readonly sources: ChartSources;
  readonly drafts: SharedDrafts<ChartDraft>;
  readonly plans: SourcePlans;
}

/** One HelmChart, on its way to an artifact. */
export interface Finding {
  readonly chart: HelmChart;
  readonly deps: HelmDeps;
  readonly common: Common;
  readonly ctx: ReconcileContext;
  readonly run: SourceRun<ChartStage>;
}

/** The chart that a HelmChart means now, which may be there already. */
export interface FoundChart {
  readonly name: string;
  /** Of the artifact. */
  readonly version: string;
  /** Whether the artifact is of our making, or what somebody packaged. */
  readonly isPackaged: boolean;
  /** About its signature. */
  readonly conditions: readonly ConditionUpdate[];
  readonly draft: (scratch: Scratch) => Promise<ChartDraft>;
}

export interface ChartDraft extends Draft {
  /** Those that were merged. */
  readonly valuesFiles: readonly string[];
  /** How many charts were fetched for it. */
  readonly dependencies: number;
}

/** The version of what is built: with metadata that says what it was built from, where the chart's own version does not. */
export function versionFor({ chart, run }: Finding, version: string, source: BuildRequest['source']): Promise<string> {
  const { metadata, spec } = chart;
  const request = { generation: metadata.generation ?? 0, valuesFiles: spec.valuesFiles ?? [], source };
  return staged(run, 'metadata', async () => buildVersion(version, buildMetadata(request)));
}

export const ownerOf = ({ run: { owner } }: Pick<Finding, 'run'>): string => `${owner.namespace}/${owner.name}`;

export const wayOf = ({ deps, ctx }: Finding): Way => ({
  reach: deps.reach,
  clock: ctx.clock,
  variables: deps.cloud.environment.variables,
});

export const readerOf = ({ deps, run }: Finding) => ({ manager: deps.manager, namespace: run.owner.namespace, signal: run.signal });

/** What the object says about how a chart is built. */
export const buildOptionsOf = ({ chart: { spec }, deps }: Finding, version: string, output: string) => ({
  version,
  valuesFiles: spec.valuesFiles ?? [],
  ignoreMissing: spec.ignoreMissingValuesFiles === true,
  sizes: { chartBytes: deps.helmLimits.chartBytes, fileBytes: deps.helmLimits.fileBytes },
  algorithm: deps.algorithm,
  output,
});

type Tasks = {
  readonly 'build pulled chart': readonly [BuildPulledChart, BuiltChart];
  readonly 'build source chart': readonly [BuildSourceChart, BuiltChart];
};

/** Builds a chart in a worker thread. Throws `PartFailed`. */
export async function build<Name extends keyof Tasks>(
  finding: Finding,
  name: Name,
  task: { readonly input: Tasks[Name][0]; readonly signal: AbortSignal },
): Promise<BuiltChart> {
  const options = { signal: task.signal, deadlineMs: LIMITS.buildMs, of: ownerOf(finding) };
  return accepted(await part('package', () => finding.deps.workers.run<Tasks[Name][0], BuiltChart | Refused>(name, task.input, options)));
}

interface Fetching {
  readonly name: string;
  /** Of the artifact. */
  readonly version: string;
  /** Writes the packaged chart to `file`. */
  readonly fetch: (file: string, signal: AbortSignal) => Promise<unknown>;
}

/** Fetches a packaged chart and builds what is served of it. What it returns throws `PartFailed`. */
export const pulling =
  (finding: Finding, { name, version, fetch }: Fetching) =>
  async ({ directory }: Scratch, signal: AbortSignal): Promise<ChartDraft> => {
    const chartFile = join(directory, 'pulled');
    const file = join(directory, 'built');
    await part('pull', () => fetch(chartFile, signal));
    const input = { ...buildOptionsOf(finding, version, file), chartFile, name };
    const { digest, size, valuesFiles } = await build(finding, 'build pulled chart', { input, signal });
    return { file, digest, size, valuesFiles, dependencies: 0 };
  };

export function accepted<T extends { readonly kind: string }>(answer: T | Refused): T {
  if (isRefused(answer)) throw new PartFailed(answer.part, answer.message);
  return answer;
}

const isRefused = (answer: { readonly kind: string }): answer is Refused => answer.kind === 'refused';
