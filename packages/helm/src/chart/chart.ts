import type { Values } from '../values/merge-maps.ts';
import type { Lock } from './lock.ts';
import type { Metadata } from './metadata.ts';

export interface ChartFile {
  /** Below the chart's top directory. */
  readonly name: string;
  readonly data: Uint8Array;
}

/** A chart as data. */
export interface Chart {
  readonly metadata: Metadata;
  readonly lock?: Lock;
  readonly values: Values;
  /** The values.yaml as it is, comments included. */
  readonly valuesFile?: Uint8Array;
  /** The values.schema.json. */
  readonly schema?: Uint8Array;
  readonly templates: readonly ChartFile[];
  /** All others, requirements.yaml of a v1 chart included. */
  readonly files: readonly ChartFile[];
  /** What lies in charts/. */
  readonly dependencies: readonly Chart[];
}
