import { checkChartName, effectiveValuesFiles } from '@gotk/helm';
import { chartRepository, connect, OciError, type RegistryOptions, resolveChartVersion, sessionKey } from '@gotk/oci';
import { Stalled } from '@gotk/runtime';
import { registryAccess } from '../source/registry-access.ts';
import { PartFailed } from './chart-part.ts';
import type { ChartSource } from './chart-source.ts';
import { buildOptionsOf, type Finding, type FoundChart, pulling, versionFor } from './finding.ts';
import { digestOf, pullChart } from './pull-chart.ts';
import { verifiedAs } from './signatures.ts';
import { staged } from './stages.ts';

/** Finds a chart in a HelmRepository of type `oci`. Asks the registry for its tags if the version is a range, and for the signatures if the object wants them. */
export async function chartFromRegistry(
  { repository }: Extract<ChartSource, { readonly kind: 'registry' }>,
  finding: Finding,
): Promise<FoundChart> {
  const { chart, deps, common, ctx, run } = finding;
  const { spec } = chart;
  if (!repository.spec.url.startsWith('oci://')) throw noRegistry(repository.spec.url);
  const named = await staged(run, 'reference', async () => {
    checkChartName(spec.chart);
    return chartRepository(repository.spec.url, spec.chart);
  });
  const request = { deps, clock: ctx.clock, signal: run.signal, owner: run.owner };
  const registry = await run.within('login', () => registryAccess(named, repository.spec, request));
  const own = await staged(run, 'pull', () => versionIn(registry, spec.version ?? '', run.signal));
  const { digest: verified, conditions } = await verifiedAs(own, registry, finding);
  const version = await versionFor(finding, own, { kind: 'HelmRepository' });
  return {
    name: spec.chart,
    version,
    isPackaged: effectiveValuesFiles(spec.valuesFiles ?? []).length > 0,
    conditions,
    draft: (scratch) =>
      staged(run, 'pull', async () => {
        const digest = verified ?? (await digestOf(registry, own, run.signal));
        const key = JSON.stringify([sessionKey(registry), digest, buildOptionsOf(finding, version, '')]);
        const { chartBytes: maxBytes } = deps.helmLimits;
        const fetch = (file: string, signal: AbortSignal) => pullChart({ registry, digest, name: spec.chart }, { file, maxBytes, signal });
        const make = pulling(finding, { name: spec.chart, version, fetch });
        return await common.drafts.draft({ key, scratch, signal: run.signal, make });
      }),
  };
}

async function versionIn(registry: RegistryOptions, range: string, signal: AbortSignal): Promise<string> {
  using remote = connect(registry);
  try {
    return await resolveChartVersion(remote, range, signal);
  } catch (error) {
    if (!(error instanceof OciError)) throw error;
    const cause = new OciError(error.kind, `failed to get chart version for remote reference: ${error.message}`, { cause: error });
    throw new PartFailed(error.kind === 'invalid' || error.kind === 'no-match' ? 'reference' : 'pull', cause);
  }
}

function noRegistry(url: string): Stalled {
  const said = { reason: 'Failed', message: `failed to construct Helm client: invalid OCI registry URL: ${url}` };
  return new Stalled({ ...said, conditions: [{ type: 'FetchFailed', status: 'True', ...said }] });
}
