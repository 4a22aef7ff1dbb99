import type { Clock, KubeObject } from '@gotk/apimachinery';
import type { EventDraft } from '../events/events.ts';
import type { Logger } from '../log/log.ts';
import type { ExtraRequest } from '../status/requests.ts';
import type { Span } from '../tracing/span.ts';
import type { Ready, StatusChange } from './outcome.ts';
import type { Priority } from './priority.ts';

/** What made an object run. */
export interface Woken {
  /** Monotonic milliseconds of the clock. Whatever was learnt of the world since then is fresh enough for the run. */
  readonly atMs: number;
  readonly priority: Priority;
}

export interface ReconcileContext {
  /** Aborted with `Superseded` when the object is changed, suspended or deleted, when a wake-up supersedes the run, and at shutdown. */
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock: Clock;
  /** The run in the traces. `span.run('build', …)` shows a phase; costs nothing while traces are not exported. */
  readonly span: Span;
  /** When the run was last asked for, and how urgently: by a person, a change, or only the interval. */
  readonly woken: Woken;
  /** The token of a `reconcile.fluxcd.io/requestedAt` that has not been handled yet: a person is waiting. */
  readonly requestedAt: string | undefined;
  /** Whether that person asked for this too: `reconcile.fluxcd.io/forceAt`, `resetAt`. True once for each token. */
  isRequested(request: ExtraRequest): boolean;
  /** Says what the run is doing. Written as Reconciling=True (Ready=Unknown) only if the run outlives the grace period, and once in that time. Never blocks. */
  progress(message: string): void;
  /** Writes the status before the run ends: for what must be on record before an effect, such as the inventory. Resolves when the server has it. */
  record(change: StatusChange): Promise<void>;
  /**
   * Does what may take as long as somebody else likes, and is next to no work for us: whoever wants the run's place may have it soon. Runs that work keep the machine and
   * the API server busy, and stay as few as `concurrency` says. See `Controller.waitsForStrangers`.
   */
  waitForStrangers<T>(what: () => Promise<T>): Promise<T>;
  /** Reports to Kubernetes events and to the notification-controller. Never blocks, never throws. */
  event(event: EventDraft): void;
}

/**
 * Brings one object to its desired state, level-based: it is told which object, never what happened.
 *
 * Returns `Ready`, or throws `Stalled`, `Waiting` or `Failed`; anything else thrown is a failure with back-off. Runs at most once at a time per object.
 */
export type Reconcile<T extends KubeObject> = (object: T, ctx: ReconcileContext) => Promise<Ready>;

/** Undoes what the object stands for, before its finalizer is taken away. Throwing keeps the finalizer and retries. */
export type Finalize<T extends KubeObject> = (object: T, ctx: ReconcileContext) => Promise<void>;
