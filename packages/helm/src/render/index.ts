/**
 * Templates, with all that they see and call: apart from the rest of the engine, as who only reads and packages charts has no use for it.
 */

export { type Capabilities, DEFAULT_CAPABILITIES, type HelmVersion } from '../capabilities/capabilities.ts';
export { type KubeVersion, parseKubeVersion } from '../capabilities/kube-version.ts';
export type { Lookup, LookupRequest } from './functions/lookup.ts';
export { releaseNameOf } from './name-template.ts';
export { checkReleaseName } from './release-name.ts';
export { type ReleaseIdentity, type RenderChartOptions, renderChart } from './render-chart.ts';
export { type RenderedRelease, type RenderReleaseOptions, renderRelease } from './render-release.ts';
export { createTemplateCache, type ParsedTemplates, type TemplateCache } from './template-cache.ts';
