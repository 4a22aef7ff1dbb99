import type { ConditionStatus } from '@gotk/apimachinery';

/** A condition to set, or to take away. Generation and transition time are the runtime's to fill in. */
export type ConditionUpdate =
  | { readonly type: string; readonly status: ConditionStatus; readonly reason: string; readonly message: string }
  | { readonly type: string; readonly absent: true };

/** What a run wants to say in the object's status besides Ready, Reconciling, Stalled and observedGeneration, which follow from the outcome. */
export interface StatusChange {
  /** Top-level status fields to replace; `undefined` removes the field. */
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly conditions?: readonly ConditionUpdate[];
}

/** The desired state was reached. */
export interface Ready extends StatusChange {
  readonly reason: string;
  readonly message: string;
  /** When to look again without a reason to (milliseconds, jittered by the runtime); absent: only on change. */
  readonly againMs?: number;
}

interface GiveUp extends StatusChange {
  readonly reason: string;
  readonly message: string;
  readonly cause?: unknown;
  /** Metadata for the event that reports it, such as the revision. Keys without the group prefix. */
  readonly eventMetadata?: Readonly<Record<string, string>>;
}

abstract class Interruption extends Error {
  readonly reason: string;
  readonly change: StatusChange;
  readonly eventMetadata: Readonly<Record<string, string>>;

  constructor({ reason, message, cause, eventMetadata = {}, ...change }: GiveUp) {
    super(message, { cause });
    this.reason = reason;
    this.change = change;
    this.eventMetadata = eventMetadata;
  }
}

/** Thrown when only a changed spec can help. The object is not tried again until then. */
export class Stalled extends Interruption {
  override readonly name = 'Stalled';
}

/** Thrown when something watched has to happen first. The watch wakes the object; `againMs` is the net below it. */
export class Waiting extends Interruption {
  override readonly name = 'Waiting';
  readonly againMs: number | undefined;

  constructor(wait: GiveUp & { readonly againMs?: number }) {
    const { againMs, ...rest } = wait;
    super(rest);
    this.againMs = againMs;
  }
}

/** Thrown for a failure whose reason the contract names. Retried with back-off, or after `retryMs` when the object's spec sets it. */
export class Failed extends Interruption {
  override readonly name = 'Failed';
  readonly retryMs: number | undefined;

  constructor(failure: GiveUp & { readonly retryMs?: number }) {
    const { retryMs, ...rest } = failure;
    super(rest);
    this.retryMs = retryMs;
  }
}

/** The reason given to `AbortController.abort` when newer intent, suspension or shutdown overtakes a run. */
export class Superseded extends Error {
  override readonly name = 'Superseded';
}

/** How a run ended. Everything that follows (status, requeue, event, metric, log) is decided from this value. */
export type Outcome =
  | { readonly kind: 'ready'; readonly ready: Ready }
  | { readonly kind: 'waiting'; readonly on: Waiting }
  | { readonly kind: 'stalled'; readonly by: Stalled }
  /** `unforeseen`: nobody classified what was thrown, its stack is worth a look. */
  | { readonly kind: 'failed'; readonly by: Failed; readonly unforeseen?: true }
  | { readonly kind: 'superseded' };
