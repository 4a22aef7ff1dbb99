import { DeadlineExceeded } from '@gotk/apimachinery';
import { type ConditionUpdate, Failed, presentable, Stalled, Waiting } from '@gotk/runtime';

/** How a kind of source names what went wrong in one part of its work (contract 1.1). */
export interface StagePolicy {
  /** The condition that says so: a negative one becomes True, `SourceVerified` becomes False. */
  readonly condition: string;
  readonly status?: 'True' | 'False';
  readonly reason: (error: unknown) => string;
  /** What was tried, and with what: `failed to pull artifact from 'oci://…'`. */
  readonly attempt: string;
  /** An error that says nothing about the source, such as an API server that does not answer: thrown on as it is. */
  readonly isForeign?: (error: unknown) => boolean;
}

export interface StageContext {
  readonly signal: AbortSignal;
  /** Conditions that hold whatever fails from now on, such as that the artifact is outdated. */
  readonly conditions: () => readonly ConditionUpdate[];
  /** Takes the policy's place for what our own disk refused: the source has no part in that. */
  readonly storage: StagePolicy;
}

/** No room, no more files, no longer writable, or broken. */
const DISK_TROUBLE: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO']);

/** Runs one part of the work; what it throws becomes a failure with the contract's reason and condition. */
export async function runStage<T>(policy: StagePolicy, { signal, conditions, storage }: StageContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // A run that was overtaken has not failed; one that ran out of time has.
    if (signal.aborted && !(signal.reason instanceof DeadlineExceeded)) throw error;
    if (error instanceof Stalled || error instanceof Waiting || error instanceof Failed || policy.isForeign?.(error) === true) throw error;
    const cause: unknown = signal.aborted ? signal.reason : error;
    const { condition, status = 'True', reason: reasonFor, attempt } = isDiskTrouble(cause) ? storage : policy;
    const reason = reasonFor(cause);
    const message = presentable(`${attempt}: ${cause instanceof Error ? cause.message : String(cause)}`);
    const trouble = { type: condition, status, reason, message } as const;
    throw new Failed({ reason, message, cause: error, conditions: [...conditions(), trouble] });
  }
}

const isDiskTrouble = (error: unknown): boolean => error instanceof Error && 'code' in error && DISK_TROUBLE.has(error.code);
