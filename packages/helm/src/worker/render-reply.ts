import type { Chart } from '../chart/chart.ts';
import { HelmError, type HelmErrorKind } from '../helm-error.ts';
import { type RenderedRelease, type RenderReleaseOptions, renderRelease } from '../render/render-release.ts';
import { createSchemaCache } from '../schema/schema-cache.ts';
import type { Values } from '../values/merge-maps.ts';

/** What to render. Plain data: it crosses into a thread. */
export interface RenderRequest {
  readonly chart: Chart;
  /** Those given, not yet merged with the chart's. */
  readonly values: Values;
  /** Those that are plain data. */
  readonly options: Omit<RenderReleaseOptions, 'lookup' | 'sources' | 'schemas' | 'postRender' | 'parsed' | 'limits'> & {
    readonly limits?: { readonly maxSteps?: number; readonly maxLength?: number };
    /** `--skip-schema-validation`. */
    readonly skipSchemas?: boolean;
  };
}

/**
 * Why there is no result: what `HelmError` has for it; `deadline` and `memory`: it took more than it may; `aborted`: the caller's signal; `crash`: a bug, or the thread
 * could not start.
 */
export type RenderFailure = HelmErrorKind | 'deadline' | 'memory' | 'aborted' | 'crash';

export type RenderReply =
  | { readonly ok: true; readonly release: RenderedRelease }
  | { readonly ok: false; readonly reason: RenderFailure; readonly message: string };

/** A rendering whose errors are data. Never throws. */
export function replyTo({ chart, values, options: { skipSchemas = false, ...options } }: RenderRequest): RenderReply {
  try {
    const schemas = skipSchemas ? {} : { schemas: createSchemaCache() };
    return { ok: true, release: renderRelease(chart, values, { ...options, ...schemas }) };
  } catch (error) {
    if (!(error instanceof HelmError)) return { ok: false, reason: 'crash', message: String(error) };
    return { ok: false, reason: error.kind, message: error.message };
  }
}
