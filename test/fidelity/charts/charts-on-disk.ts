import { join } from 'node:path';
import { checkOut } from './checkout.ts';
import { CHART_REPOSITORIES, type ChartRepository } from './public-charts.ts';
import { type ChartPlace, placeOf, type Roots, stageChart } from './stage.ts';

export interface PublicChart {
  readonly name: string;
  readonly place: ChartPlace;
}

export const PUBLIC_CHARTS: readonly PublicChart[] = CHART_REPOSITORIES.flatMap((repository) =>
  Object.entries(repository.charts).map(([name, path]) => ({ name, place: { repository, path } })),
);

/** Puts charts with all that they depend on below a directory, each under its name. `remote` as `checkOut` takes it. */
export function putOnDisk(charts: readonly PublicChart[], directory: string, remote: string): void {
  const roots = rootsFor(charts, remote);
  for (const { name, place } of charts) stageChart(place, join(directory, name), roots);
}

function rootsFor(charts: readonly PublicChart[], remote: string): Roots {
  const wanted = new Set<ChartRepository>();
  const want = (repository: ChartRepository): void => {
    if (wanted.has(repository)) return;
    wanted.add(repository);
    for (const text of Object.values(repository.subcharts ?? {})) want(placeOf(text, repository).repository);
  };
  for (const { place } of charts) want(place.repository);
  return new Map([...wanted].map((repository) => [repository, checkOut({ ...repository, paths: pathsIn(repository) }, remote)]));
}

/** All that anything in the list wants of a repository, so that what is there serves every run. */
function pathsIn(repository: ChartRepository): readonly string[] {
  const subcharts = CHART_REPOSITORIES.flatMap((from) => Object.values(from.subcharts ?? {}).map((text) => placeOf(text, from)));
  const paths = subcharts.filter((place) => place.repository === repository).map(({ path }) => path);
  return [...new Set([...Object.values(repository.charts), ...paths])];
}
