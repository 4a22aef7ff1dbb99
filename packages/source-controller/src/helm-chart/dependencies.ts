import { join } from 'node:path';
import type { HelmRepository } from '@gotk/api';
import type { Scratch } from '@gotk/artifact';
import type { MissingDependency } from '@gotk/helm';
import { chartRepository, connect, resolveChartVersion } from '@gotk/oci';
import { fetchIndex } from '../helm-repository/fetch-index.ts';
import type { IndexFile } from '../helm-repository/index-lookups.ts';
import { anonymousAccess, type RepositoryAccess, repositoryAccess } from '../helm-repository/repository-access.ts';
import { registryAccess } from '../source/registry-access.ts';
import type { BuildSourceChart } from './build-chart.ts';
import { PartFailed } from './chart-part.ts';
import { downloadChart } from './download-chart.ts';
import { type Finding, ownerOf, readerOf, wayOf } from './finding.ts';
import { LIMITS } from './limits.ts';
import { digestOf, pullChart } from './pull-chart.ts';
import { storedIndex } from './stored-index.ts';

type Fetched = BuildSourceChart['missing'];
type Remote = Exclude<MissingDependency, { readonly kind: 'local' }>;

/**
 * Fetches what a chart depends on and its source does not hold, as the HelmRepository of the same namespace may that stands for the dependency's URL, or as anybody may. Throws `PartFailed`.
 */
export async function fetchDependencies(missing: readonly MissingDependency[], finding: Finding, scratch: Scratch): Promise<Fetched> {
  if (missing.length > LIMITS.dependencies)
    throw new PartFailed('dependencies', `the chart depends on more than ${LIMITS.dependencies} others`);
  const fetched: Fetched[number][] = [];
  for (const [number, dependency] of missing.entries()) {
    if (dependency.kind === 'local') {
      fetched.push({ dependency });
      continue;
    }
    const place = { directory: scratch.directory, number };
    try {
      const chartFile = await (dependency.kind === 'oci' ? fromRegistry : fromIndex)(dependency, finding, place);
      fetched.push({ dependency, chartFile });
    } catch (error) {
      const { name, alias = name } = dependency.dependency;
      const why = error instanceof Error ? error.message : String(error);
      throw new PartFailed('dependencies', new Error(`failed to add remote dependency '${alias}': ${why}`, { cause: error }));
    }
  }
  return fetched;
}

interface Place {
  readonly directory: string;
  readonly number: number;
}

async function fromIndex({ repositoryUrl, chart, range }: Remote, finding: Finding, { directory, number }: Place): Promise<string> {
  const { deps, common, run } = finding;
  const { signal } = run;
  const object = common.sources.repositoryFor(repositoryUrl, run.owner.namespace);
  const repository = object === undefined ? anonymousAccess(repositoryUrl) : await repositoryAccess(object, readerOf(finding));
  const index = (await storedIndexOf(object, finding)) ?? (await fetchedIndex(repository, finding, join(directory, `index-${number}`)));
  const chosen = await deps.lookups.choose(index, { name: chart, range }, { signal, of: ownerOf(finding) });
  const file = join(directory, `dependency-${number}`);
  await downloadChart(chosen, { repository, file, maxBytes: deps.helmLimits.chartBytes, signal, ...wayOf(finding) });
  return file;
}

async function storedIndexOf(repository: HelmRepository | undefined, { deps }: Finding): Promise<IndexFile | undefined> {
  const artifact = repository?.status?.artifact;
  return repository === undefined || artifact === undefined ? undefined : await storedIndex(repository, artifact, deps);
}

async function fetchedIndex(repository: RepositoryAccess, finding: Finding, file: string): Promise<IndexFile> {
  const { algorithm, helmLimits } = finding.deps;
  const index = await fetchIndex({
    repository,
    file,
    algorithm,
    maxBytes: helmLimits.indexBytes,
    signal: finding.run.signal,
    ...wayOf(finding),
  });
  if (index.kind === 'unchanged') throw new Error('the server did not send the index');
  return { file, digest: index.digest };
}

async function fromRegistry({ repositoryUrl, chart, range }: Remote, finding: Finding, { directory, number }: Place): Promise<string> {
  const { deps, common, ctx, run } = finding;
  const { signal, owner } = run;
  const object = common.sources.repositoryFor(repositoryUrl, owner.namespace);
  const registry = await registryAccess(chartRepository(repositoryUrl, chart), object?.spec ?? {}, {
    deps,
    clock: ctx.clock,
    signal,
    owner,
  });
  using remote = connect(registry);
  const version = await resolveChartVersion(remote, range, signal);
  const file = join(directory, `dependency-${number}`);
  const digest = await digestOf(registry, version, signal);
  await pullChart({ registry, digest, name: chart }, { file, maxBytes: deps.helmLimits.chartBytes, signal });
  return file;
}
