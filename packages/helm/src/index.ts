export { type ArchiveEntry, type ChartFiles, type ChartLimits, filesOfArchive, HELM_LIMITS } from './chart/archive.ts';
export { type BuildRequest, buildMetadata, buildVersion, chartPath, checkChartName, withVersion } from './chart/build-version.ts';
export type { Chart, ChartFile } from './chart/chart.ts';
export { type MissingDependency, planDependencies, withDependencies } from './chart/dependencies.ts';
export { filesOfDirectory } from './chart/directory.ts';
export { type LoadChartOptions, loadChart, loadMetadata } from './chart/load.ts';
export { isLockInSync, type Lock, type LockDigestInput, lockDigest } from './chart/lock.ts';
export type { Dependency, Maintainer, Metadata } from './chart/metadata.ts';
export { chartFileName, renderChartFiles } from './chart/package.ts';
export * from './helm-error.ts';
export { indexUrl, normalizeRepositoryUrl, resolveChartUrl } from './repository/chart-url.ts';
export type { ChartVersion } from './repository/chart-version.ts';
export { chooseVersion } from './repository/choose-version.ts';
export { type ChartIndex, type ParseIndexOptions, parseIndex } from './repository/index-file.ts';
export { mergeMaps, type Values } from './values/merge-maps.ts';
export { readValues } from './values/read-values.ts';
export {
  effectiveValuesFiles,
  type MergedValues,
  type MergeOptions,
  mergeChartValues,
  mergeSourceValues,
  type Overwritten,
  withDefaultValues,
} from './values/values-files.ts';
