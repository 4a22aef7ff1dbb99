import type { CacheEvents } from '@gotk/runtime';
import type { SourceDeps } from '../source/deps.ts';
import type { IndexLookups } from './index-lookups.ts';

/** What the two controllers of Helm are given. */
export interface HelmDeps extends SourceDeps {
  readonly lookups: IndexLookups;
  /** By HelmRepository: whether its index had been read already. */
  readonly cacheEvents: CacheEvents;
  readonly helmLimits: HelmLimits;
}

/** Flags, in bytes. */
export interface HelmLimits {
  /** `--helm-index-max-size`. */
  readonly indexBytes: number;
  /** `--helm-chart-max-size`: of a chart as it is packed. */
  readonly chartBytes: number;
  /** `--helm-chart-file-max-size`: of a file of a chart. */
  readonly fileBytes: number;
}
