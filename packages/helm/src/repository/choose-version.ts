import { allowedVersions, compareVersions, InvalidRange, parseVersion } from '@gotk/apimachinery';
import { HelmError } from '../helm-error.ts';
import type { ChartVersion } from './chart-version.ts';
import type { ChartIndex } from './index-file.ts';

/**
 * The version of a chart that `range` means, as Flux chooses it: the one of exactly that name, else the highest that the range allows. An
 * empty range is `*`: the latest stable one. Of versions that differ in nothing but build metadata, the one created last; if that does not
 * tell them apart, the one further down in the index. Throws `HelmError`: `chart-not-found`, `version-not-found`, or `invalid-reference`
 * for what is no range.
 */
export function chooseVersion(index: Pick<ChartIndex, 'charts'>, name: string, range: string): ChartVersion {
  const versions = index.charts.get(name);
  if (versions === undefined) throw new HelmError('chart-not-found', `no chart name found: the repository has no chart '${name}'`);
  const exact = range === '' ? undefined : versions.find(({ version }) => version === range);
  if (exact !== undefined) return exact;
  const allowed = new Set(allowedBy(range, versions.map(({ version }) => version).filter(hasThreeParts)));
  const best = versions.filter(({ version }) => allowed.has(version)).reduce<ChartVersion | undefined>(later, undefined);
  if (best === undefined) throw new HelmError('version-not-found', `no '${name}' chart with version matching '${range}' found`);
  return best;
}

function allowedBy(range: string, versions: readonly string[]): readonly string[] {
  try {
    return allowedVersions(range === '' ? '*' : range, versions);
  } catch (error) {
    if (!(error instanceof InvalidRange)) throw error;
    throw new HelmError('invalid-reference', `improper constraint: ${error.message}`, { cause: error });
  }
}

/** `1.2` is a version to Helm but none to choose by a range, as in Flux. */
const hasThreeParts = (version: string): boolean => version.split('.').length >= 3;

function later(best: ChartVersion | undefined, candidate: ChartVersion): ChartVersion {
  const [a, b] = [best && parseVersion(best.version), parseVersion(candidate.version)];
  if (best === undefined || a === undefined || b === undefined) return candidate;
  const order = compareVersions(b, a) || compareTimes(createdMs(candidate), createdMs(best));
  return order < 0 ? best : candidate;
}

// Both may be minus infinity, which cannot be subtracted from itself.
const compareTimes = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

function createdMs({ created }: ChartVersion): number {
  const at = Date.parse(created ?? '');
  return Number.isNaN(at) ? Number.NEGATIVE_INFINITY : at;
}
