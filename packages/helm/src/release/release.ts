import type { Chart } from '../chart/chart.ts';
import type { Hook } from '../manifests/hook.ts';
import type { Values } from '../values/merge-maps.ts';

/** What Helm says of a release. */
export const ReleaseStatus = {
  Unknown: 'unknown',
  Deployed: 'deployed',
  Uninstalled: 'uninstalled',
  Superseded: 'superseded',
  Failed: 'failed',
  Uninstalling: 'uninstalling',
  PendingInstall: 'pending-install',
  PendingUpgrade: 'pending-upgrade',
  PendingRollback: 'pending-rollback',
} as const;
export type ReleaseStatus = (typeof ReleaseStatus)[keyof typeof ReleaseStatus];

/** Whether somebody is at work on a release, or died over it. */
export const isPending = (status: string): boolean =>
  status === ReleaseStatus.PendingInstall || status === ReleaseStatus.PendingUpgrade || status === ReleaseStatus.PendingRollback;

/** Times are in RFC 3339. */
export interface ReleaseInfo {
  readonly firstDeployed?: string;
  readonly lastDeployed?: string;
  readonly deleted?: string;
  readonly description: string;
  /** A `ReleaseStatus`, or what a Helm of another time calls it. */
  readonly status: string;
  /** The rendered NOTES.txt. */
  readonly notes: string;
}

/** One version of a release, as Helm stores it. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  /** Counts from one. */
  readonly version: number;
  readonly info: ReleaseInfo;
  /** The charts in it, and its files as they were packed, are not stored. */
  readonly chart: Chart;
  /** What was given: without the defaults. */
  readonly config: Values;
  readonly manifest: string;
  readonly hooks: readonly Hook[];
  /** Those that somebody gave it; Helm's own are not among them. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether the server merged its objects. Helm's own releases of older versions do not say, and were not. */
  readonly applyMethod?: 'ssa' | 'csa';
}
