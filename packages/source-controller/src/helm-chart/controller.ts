import { type Artifact, type HelmChart, helmChartDefinition, helmCharts } from '@gotk/api';
import { effectiveValuesFiles } from '@gotk/helm';
import { type Controller, checkSpec, configWatch, type Ready, type ReconcileContext } from '@gotk/runtime';
import type { HelmDeps } from '../helm-repository/helm-deps.ts';
import { sourceConditions } from '../source/conditions.ts';
import { secretNames } from '../source/secrets.ts';
import { createSharedDrafts } from '../source/shared-drafts.ts';
import { sourceRun } from '../source/source-run.ts';
import { type ChartSource, chartSources } from './chart-source.ts';
import type { ChartDraft, Common, Finding, FoundChart } from './finding.ts';
import { chartFromIndex } from './from-index.ts';
import { chartFromRegistry } from './from-registry.ts';
import { chartFromTree } from './from-tree.ts';
import { observing } from './observed.ts';
import { createSourcePlans } from './source-plans.ts';
import { STAGES } from './stages.ts';
import { summaryOf } from './summary.ts';

/** Keeps each HelmChart's artifact the newest version of the chart that it may be. */
export function helmChartController(deps: HelmDeps): Controller<HelmChart> {
  const { manager, storage } = deps;
  const common: Common = {
    sources: chartSources(manager),
    drafts: createSharedDrafts<ChartDraft>(storage),
    plans: createSourcePlans(deps),
  };
  const { watch } = common.sources;
  const secrets = configWatch<HelmChart>(manager, {
    labelSelector: deps.watchSecrets,
    kinds: ['Secret'],
    refersTo: ({ spec }) =>
      secretNames({ ...(spec.verify === undefined ? {} : { verify: spec.verify }) }).map((name) => ({ kind: 'Secret', name })),
  });
  return {
    name: 'helmchart',
    resource: helmCharts,
    indexes: { ...watch.indexes, ...secrets.indexes },
    triggers: [...watch.triggers, ...secrets.triggers],
    conditions: { ...sourceConditions, BuildFailed: 'negative', SourceVerified: 'positive' },
    concurrency: deps.concurrency,
    waitsForStrangers: () => true,
    validate: (chart) => checkSpec(chart, { definition: helmChartDefinition }),
    reconcile: (chart, ctx) => reconcile(chart, ctx, { deps, common }),
    finalize: async ({ kind, metadata: { namespace = '', name } }) => storage.removeAll({ kind, namespace, name }),
  };
}

async function reconcile(chart: HelmChart, ctx: ReconcileContext, { deps, common }: Pick<Finding, 'deps' | 'common'>): Promise<Ready> {
  const source = common.sources.sourceOf(chart);
  const fields = { observedSourceArtifactRevision: source.kind === 'registry' ? undefined : source.artifact.revision };
  using run = sourceRun(withTimeout(chart, source), ctx, { ...deps, stages: STAGES });
  return await observing(fields, async () => {
    const finding: Finding = { chart, deps, common, ctx, run };
    const found = await find(source, finding);
    const current = await run.current(found.version, isOf(chart, found));
    const ready = current === undefined ? await stored(found, finding) : await done(found, finding, { artifact: current });
    return { ...ready, fields: { ...ready.fields, ...fields } };
  });
}

function find(source: ChartSource, finding: Finding): Promise<FoundChart> {
  switch (source.kind) {
    case 'index':
      return chartFromIndex(source, finding);
    case 'registry':
      return chartFromRegistry(source, finding);
    case 'tree':
      return chartFromTree(source, finding);
  }
}

async function stored(found: FoundChart, finding: Finding): Promise<Ready> {
  const { ctx, run } = finding;
  const { name, version } = found;
  let made: ChartDraft | undefined;
  const artifact = await run.store({
    revision: version,
    file: `${name}-${version}.tgz`,
    outdated: { reason: 'NewChart', message: summaryOf('new', found) },
    draft: async (scratch) => {
      made = await found.draft(scratch);
      return made;
    },
  });
  const { dependencies = 0, valuesFiles = [] } = made ?? {};
  if (dependencies > 0)
    ctx.event({ severity: 'trace', reason: 'ResolvedDependencies', message: `resolved ${dependencies} chart dependencies` });
  return await done(found, finding, { artifact, valuesFiles });
}

/** `valuesFiles`: of a chart that was built in this run. */
function done(
  found: FoundChart,
  { chart, deps, run }: Finding,
  { artifact, valuesFiles }: { readonly artifact: Artifact; readonly valuesFiles?: readonly string[] },
): Promise<Ready> {
  const { spec, status } = chart;
  const merged = valuesFiles ?? status?.observedValuesFiles ?? effectiveValuesFiles(spec.valuesFiles ?? []);
  const built =
    valuesFiles === undefined
      ? {}
      : { observedChartName: found.name, observedValuesFiles: spec.ignoreMissingValuesFiles === true ? valuesFiles : undefined };
  return run.ready({
    artifact,
    reason: found.isPackaged ? 'ChartPackageSucceeded' : 'ChartPullSucceeded',
    message: summaryOf(found.isPackaged ? 'packaged' : 'pulled', { ...found, valuesFiles: merged }),
    fields: { url: deps.storage.latestUrlOf(artifact.path), ...built },
    conditions: found.conditions,
  });
}

/** Whether the artifact was made of this chart as the object asks for it now; that its version is the same says the rest. */
function isOf({ metadata, status }: HelmChart, { name }: FoundChart): boolean {
  const success = status?.conditions?.find(({ type }) => type === 'ArtifactInStorage');
  return status?.observedChartName === name && success?.observedGeneration === metadata.generation;
}

/** A chart has as long as its repository; a source's artifact is on our own disk. */
const withTimeout = (chart: HelmChart, source: ChartSource) =>
  source.kind === 'tree' || source.repository.spec.timeout === undefined
    ? chart
    : { ...chart, spec: { ...chart.spec, timeout: source.repository.spec.timeout } };
