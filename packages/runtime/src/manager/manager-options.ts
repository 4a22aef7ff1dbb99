import type { Clock } from '@gotk/apimachinery';
import type { SecretMasks } from '@gotk/auth';
import type { KubeClient } from '@gotk/kube';
import type { Logger } from '../log/log.ts';
import type { LogLevelSwitch } from '../log/log-level.ts';
import type { RuntimeMetrics } from '../metrics/metrics.ts';
import type { Span } from '../tracing/span.ts';

export interface ManagerOptions {
  /** Such as `kustomize-controller`: reporter of events, prefix of the lease, manager of the fields it writes. */
  readonly name: string;
  /** This process: the pod's name. */
  readonly instance: string;
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: RuntimeMetrics;
  /** What is known of each namespace's Secrets; shared with `log`, which keeps it out of its lines. */
  readonly masks?: SecretMasks;
  /** The switch of `log`, to be turned through the health server; absent: nobody can. */
  readonly logLevel?: LogLevelSwitch;
  /** Where runs show as traces; absent: nowhere. */
  readonly traces?: Span;
  /** Only objects of this namespace are reconciled; absent: all. */
  readonly watchNamespace?: string;
  /** Only objects with these labels are reconciled (`--watch-label-selector`). */
  readonly watchLabelSelector?: string;
  /** `:8080`; absent or empty: no server. */
  readonly metricsAddress?: string;
  readonly healthAddress?: string;
  /** Where events are posted to; absent or empty: nowhere. */
  readonly eventsAddress?: string;
  readonly election?: {
    readonly namespace: string;
    readonly leaseDurationMs: number;
    readonly renewDeadlineMs: number;
    readonly retryPeriodMs: number;
    readonly releaseOnCancel?: boolean;
  };
  readonly minRetryDelayMs?: number;
  readonly maxRetryDelayMs?: number;
  readonly intervalJitter?: number;
  /** A watch that is silent for longer is taken for dead; default: a little more than the minute within which the server sends a bookmark. */
  readonly watchStalledAfterMs?: number;
  /** How long runs in progress may go on after the signal aborted, before they are aborted themselves. */
  readonly graceMs?: number;
  readonly random?: () => number;
  /** Told where each server listens: with port 0 nobody knows before. */
  readonly onListening?: (server: 'metrics' | 'health', url: string) => void;
}
