export { type ArchiveEntry, archiveErrors, type ChartFiles, type ChartLimits, filesOfArchive, HELM_LIMITS } from './chart/archive.ts';
export { type BuildRequest, buildMetadata, buildVersion, chartPath, checkChartName, withVersion } from './chart/build-version.ts';
export type { Chart, ChartFile } from './chart/chart.ts';
export { type MissingDependency, planDependencies, withDependencies } from './chart/dependencies.ts';
export { compileIgnore, filesOfDirectory, type Ignores } from './chart/directory.ts';
export { checkInstallable } from './chart/installable.ts';
export { type LoadChartOptions, loadChart, loadMetadata } from './chart/load.ts';
export { isLockInSync, type Lock, type LockDigestInput, lockDigest } from './chart/lock.ts';
export type { Dependency, Maintainer, Metadata } from './chart/metadata.ts';
export { chartFileName, renderChartFiles } from './chart/package.ts';
export { type ResourceDefinitionFile, resourceDefinitionsOf } from './chart/resource-definitions.ts';
export { type ProcessedChart, processDependencies } from './dependencies/process-dependencies.ts';
export * from './helm-error.ts';
export { type Hook, HookEvent, type HookExecution, type HookPhase, hooksAt, isDeletedAt } from './manifests/hook.ts';
export { INSTALL_ORDER, UNINSTALL_ORDER } from './manifests/kind-order.ts';
export { type NotesOptions, type SplitNotes, splitNotes } from './manifests/notes.ts';
export { type PostRenderer, type PostRenderStrategy, postRendered } from './manifests/post-render.ts';
export { type Manifest, type RenderedFiles, renderManifests, type SortedManifests, sortManifests } from './manifests/sort-manifests.ts';
export { splitDocuments, trimSpace } from './manifests/split-documents.ts';
export { isPending, type Release, type ReleaseInfo, ReleaseStatus } from './release/release.ts';
export {
  RELEASE_SECRET_TYPE,
  type ReleaseSecret,
  releaseOfSecret,
  releaseSecret,
  releaseSecretName,
  type StoredSecret,
  type Storing,
} from './release/release-secret.ts';
export { decodeRelease, encodeRelease } from './release/stored-release.ts';
export { indexUrl, normalizeRepositoryUrl, resolveChartUrl } from './repository/chart-url.ts';
export type { ChartVersion } from './repository/chart-version.ts';
export { chooseVersion } from './repository/choose-version.ts';
export { type ChartIndex, type ParseIndexOptions, parseIndex } from './repository/index-file.ts';
export { createSchemaCache, type SchemaCache } from './schema/schema-cache.ts';
export { validateValues } from './schema/validate-values.ts';
export { type SetFlag, setFileValues, setValues } from './set-values/set-values.ts';
export { mergeUserValues, type UserValues } from './set-values/user-values.ts';
export { type CoalescedValues, coalesceValues } from './values/coalesce.ts';
export { mergeMaps, type Values } from './values/merge-maps.ts';
export { readUserValues, readValues } from './values/read-values.ts';
export {
  effectiveValuesFiles,
  type MergedValues,
  type MergeOptions,
  mergeChartValues,
  mergeSourceValues,
  type Overwritten,
  withDefaultValues,
} from './values/values-files.ts';
export type { Warning } from './values/warning.ts';
