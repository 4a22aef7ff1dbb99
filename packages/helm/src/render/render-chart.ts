import type { ExecutionLimits, GoMap, GoValue } from '@gotk/gotemplate';
import type { SprigSources } from '@gotk/gotemplate/sprig';
import { type Capabilities, DEFAULT_CAPABILITIES } from '../capabilities/capabilities.ts';
import type { Chart } from '../chart/chart.ts';
import type { RenderedFiles } from '../manifests/sort-manifests.ts';
import type { Values } from '../values/merge-maps.ts';
import { capabilitiesValue } from './capabilities-value.ts';
import type { Lookup } from './functions/lookup.ts';
import { renderTemplates } from './render-templates.ts';
import { scopedTemplates } from './scope.ts';
import type { ParsedTemplates } from './template-cache.ts';
import { templateValue } from './template-value.ts';
import { valuesMap } from './values-type.ts';

/** What templates know as `.Release`. */
export interface ReleaseIdentity {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly isUpgrade: boolean;
}

export interface RenderChartOptions {
  readonly release: ReleaseIdentity;
  /** `DEFAULT_CAPABILITIES` when not given. */
  readonly capabilities?: Capabilities;
  /** Nothing is found when not given. */
  readonly lookup?: Lookup;
  /** For all templates together; 60 million steps when not said. */
  readonly limits?: ExecutionLimits;
  /** What is known of this chart's templates from before, of a `TemplateCache`; filled with what is not. */
  readonly parsed?: ParsedTemplates;
  /** Where templates get randomness and the time from: this machine, when not given. */
  readonly sources?: SprigSources;
}

/**
 * Renders all templates of a chart that `processDependencies` prepared, with the values of `coalesceValues`: what each prints, by its path, notes and blank ones
 * included, partials not.
 *
 * Guarantees: the same result for the same input, but for what templates draw at random or ask the clock; no I/O but `lookup`; ends, within `limits`, for whatever
 * the chart says. How deeply templates may include each other, a thousand times in Helm, depends on the stack of the thread too: 16 MiB are enough.
 *
 * Throws `HelmError`: `invalid-template` with Helm's message; `too-large` when it takes more than it may.
 */
export function renderChart(chart: Chart, values: Values, options: RenderChartOptions): RenderedFiles {
  const { release, capabilities = DEFAULT_CAPABILITIES, lookup = () => undefined, limits = {}, parsed = new Map(), sources } = options;
  const map = templateValue(values);
  const shared = {
    values: map instanceof Map ? valuesMap(map) : map,
    release: releaseValue(release),
    capabilities: capabilitiesValue(capabilities),
  };
  return renderTemplates(scopedTemplates(chart, shared), { lookup, limits, parsed, sources });
}

const releaseValue = ({ name, namespace, revision, isUpgrade }: ReleaseIdentity): GoMap =>
  new Map<string, GoValue>([
    ['Name', name],
    ['Namespace', namespace],
    ['Revision', BigInt(revision)],
    ['IsUpgrade', isUpgrade],
    ['IsInstall', !isUpgrade],
    ['Service', 'Helm'],
  ]);
