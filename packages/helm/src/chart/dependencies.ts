import { allowedVersions, InvalidRange } from '@gotk/apimachinery';
import { HelmError } from '../helm-error.ts';
import { normalizeRepositoryUrl } from '../repository/chart-url.ts';
import { pathInSource } from './build-version.ts';
import type { Chart } from './chart.ts';
import type { Dependency } from './metadata.ts';

/** A chart that another one needs and does not have. */
export type MissingDependency =
  /** Lies in the same source. */
  | { readonly kind: 'local'; readonly dependency: Dependency /** Below the source's root. */; readonly path: string }
  /** In a repository: its index, or its registry, has a version in the range. */
  | {
      readonly kind: 'index' | 'oci';
      readonly dependency: Dependency;
      /** In the form by which HelmRepository objects are found: `normalizeRepositoryUrl`. */
      readonly repositoryUrl: string;
      readonly chart: string;
      /** Empty for the latest. */
      readonly range: string;
    };

/**
 * What has to be fetched before a chart can be packaged, in the chart's order; what lies in charts/ is taken as it is. A lock file takes
 * precedence over Chart.yaml. `path` is that of the chart in its source: dependencies by `file://`, or by no repository at all, are
 * relative to it and never leave the source. Throws `HelmError` of kind `invalid-dependency`, also for repositories by alias.
 */
export function planDependencies(chart: Chart, path: string): readonly MissingDependency[] {
  const requested = chart.lock?.dependencies ?? chart.metadata.dependencies ?? [];
  // As upstream: as many as there should be are not looked at, whatever they are called.
  if (chart.dependencies.length === requested.length) return [];
  const present = new Set(chart.dependencies.map(({ metadata }) => metadata.name));
  const missing = new Map<string, Dependency>();
  for (const dependency of requested) {
    const name = dependency.alias ?? dependency.name;
    if (!present.has(name)) missing.set(name, dependency);
  }
  return [...missing.values()].map((dependency) => plan(dependency, path));
}

function plan(dependency: Dependency, path: string): MissingDependency {
  const { repository, name, version = '' } = dependency;
  if (repository === '') return { kind: 'local', dependency, path: pathInSource(`${path}/charts/${name}`) };
  if (repository.startsWith('file://')) return { kind: 'local', dependency, path: pathInSource(`${path}/${localPath(dependency)}`) };
  if (repository.startsWith('@')) throw remote(dependency, `aliased repository dependency is not supported: ${repository}`);
  const kind = repository.startsWith('oci://') ? 'oci' : /^https?:\/\//.test(repository) ? 'index' : undefined;
  if (kind === undefined || !URL.canParse(repository))
    throw remote(dependency, `invalid dependency repository URL: ${withoutLogin(repository)}`);
  return { kind, dependency, repositoryUrl: normalizeRepositoryUrl(repository), chart: name, range: version };
}

function localPath(dependency: Dependency): string {
  const [path = ''] = dependency.repository.slice('file://'.length).split(/[?#]/, 1);
  try {
    return decodeURIComponent(path);
  } catch (error) {
    throw local(dependency, 'failed to parse alleged local chart reference', error);
  }
}

/**
 * The chart with its missing dependencies in it, each under its alias. Checks the version of local ones, which nobody has chosen by their
 * range. Throws `HelmError` of kind `invalid-dependency`.
 */
export function withDependencies(chart: Chart, found: readonly (readonly [MissingDependency, Chart])[]): Chart {
  const added = found.map(([missing, its]) => {
    if (missing.kind === 'local') checkVersion(missing.dependency, its);
    const { alias } = missing.dependency;
    return alias === undefined ? its : { ...its, metadata: { ...its.metadata, name: alias } };
  });
  return { ...chart, dependencies: [...chart.dependencies, ...added] };
}

function checkVersion(dependency: Dependency, { metadata }: Chart): void {
  const { version = '' } = dependency;
  let allowed: readonly string[];
  try {
    allowed = allowedVersions(version === '' ? '*' : version, [metadata.version]);
  } catch (error) {
    if (!(error instanceof InvalidRange)) throw error;
    throw local(dependency, `invalid version/constraint format '${version}': ${error.message}`, error);
  }
  if (allowed.length === 0) throw local(dependency, `can't get a valid version for constraint '${version}'`);
}

const nameOf = ({ alias, name }: Dependency): string => alias ?? name;

const remote = (dependency: Dependency, message: string): HelmError =>
  new HelmError('invalid-dependency', `failed to add remote dependency '${nameOf(dependency)}': ${message}`);

const local = (dependency: Dependency, message: string, cause?: unknown): HelmError =>
  new HelmError('invalid-dependency', `failed to add local dependency '${nameOf(dependency)}': ${message}`, { cause });

/** A URL may hold a password. */
const withoutLogin = (url: string): string => url.slice(0, 256).replace(/\/\/[^/@]*@/, '//');
