import { HelmError } from '../helm-error.ts';
import type { Chart } from './chart.ts';
import type { Metadata } from './metadata.ts';

/** Throws `HelmError` for a chart that is only there for others, or that lacks charts that it asks for: what Helm's commands look at before they install. */
export function checkInstallable({ metadata, dependencies }: Chart): void {
  const { type = 'application' } = metadata;
  if (type !== 'application') throw new HelmError('invalid-chart', `${type} charts are not installable`);
  const present = new Set(dependencies.map((chart) => chart.metadata.name));
  const missing = (metadata.dependencies ?? []).map(({ name }) => name).filter((name) => !present.has(name));
  if (missing.length === 0) return;
  throw new HelmError(
    'invalid-dependency',
    `an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`,
  );
}

/** Throws `HelmError` for a chart of a version that nobody releases from: `v3` is an experiment of Helm's. */
export function checkApiVersion({ apiVersion }: Metadata): void {
  if (apiVersion === 'v1' || apiVersion === 'v2') return;
  throw new HelmError('invalid-chart', apiVersion === 'v3' ? 'invalid chart apiVersion' : 'unsupported chart version');
}
