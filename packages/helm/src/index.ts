export * from './helm-error.ts';
export { indexUrl, normalizeRepositoryUrl, resolveChartUrl } from './repository/chart-url.ts';
export type { ChartVersion } from './repository/chart-version.ts';
export { chooseVersion } from './repository/choose-version.ts';
export { type ChartIndex, type ParseIndexOptions, parseIndex } from './repository/index-file.ts';
