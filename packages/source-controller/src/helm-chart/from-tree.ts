import { join } from 'node:path';
import type { Artifact } from '@gotk/api';
import type { Scratch } from '@gotk/artifact';
import { chartPath, effectiveValuesFiles, HelmError } from '@gotk/helm';
import { PartFailed } from './chart-part.ts';
import { type ChartSource, noArtifact } from './chart-source.ts';
import { fetchDependencies } from './dependencies.ts';
import { accepted, build, buildOptionsOf, type ChartDraft, type Finding, type FoundChart, ownerOf, versionFor } from './finding.ts';
import type { ChartPlan } from './plan-chart.ts';
import { staged } from './stages.ts';

type Tree = Extract<ChartSource, { readonly kind: 'tree' }>;

/** Finds a chart in the artifact of a GitRepository or a Bucket. */
export async function chartFromTree({ of, artifact }: Tree, finding: Finding): Promise<FoundChart> {
  const { chart, run } = finding;
  const { valuesFiles = [], reconcileStrategy = 'ChartVersion' } = chart.spec;
  const path = await staged(run, 'reference', async () => chartPath(chart.spec.chart));
  const plan = await staged(run, 'package', () => planOf(finding, artifact, path));
  const version = await versionFor(finding, plan.version, { kind: of, reconcileStrategy, revision: artifact.revision });
  return {
    name: plan.name,
    version,
    isPackaged: plan.isDirectory || version !== plan.version || effectiveValuesFiles(valuesFiles).length > 0,
    conditions: [{ type: 'SourceVerified', absent: true }],
    draft: (scratch) => staged(run, 'package', () => draftOf(finding, { artifact, path, plan, version }, scratch)),
  };
}

async function planOf(finding: Finding, artifact: Artifact, path: string): Promise<ChartPlan> {
  const { chart, common, run } = finding;
  const others = () => common.sources.pathsBeside(chart).flatMap(pathIn);
  const { sizes } = buildOptionsOf(finding, '', '');
  const plan = await common.plans.planOf({ artifact, path, others, sizes }, { signal: run.signal, of: ownerOf(finding) });
  if (plan === undefined) throw noArtifact(chart);
  return accepted(plan);
}

/** Of another object, which hears for itself what is wrong with its path. */
function pathIn(path: unknown): readonly string[] {
  try {
    return typeof path === 'string' ? [chartPath(path)] : [];
  } catch (error) {
    if (error instanceof HelmError) return [];
    throw error;
  }
}

interface Planned {
  readonly artifact: Artifact;
  readonly path: string;
  readonly plan: ChartPlan;
  readonly version: string;
}

async function draftOf(finding: Finding, { artifact, path, plan, version }: Planned, scratch: Scratch): Promise<ChartDraft> {
  const { missing } = plan;
  if ('problem' in missing) throw new PartFailed(missing.part, missing.problem);
  const archive = await copied(finding, artifact, scratch);
  const fetched = await fetchDependencies(missing, finding, scratch);
  const file = join(scratch.directory, 'built');
  const contentsFile = join(scratch.directory, 'contents');
  const renamed = version !== plan.version;
  const input = { ...buildOptionsOf(finding, version, file), archive, contentsFile, path, renamed, missing: fetched };
  const { digest, size, valuesFiles } = await build(finding, 'build source chart', { input, signal: finding.run.signal });
  return { file, digest, size, valuesFiles, dependencies: missing.length };
}

/** The artifact may go at any time: its source replaces it. */
async function copied({ chart, deps, run }: Finding, artifact: Artifact, { directory }: Scratch): Promise<string> {
  const archive = join(directory, 'source');
  if (!(await run.within('store', () => deps.storage.copyTo(archive, artifact)))) throw noArtifact(chart);
  return archive;
}
