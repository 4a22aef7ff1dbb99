import type { Resource, Unstructured } from '@gotk/apimachinery';
import type { IgnoredField } from './ignored/ignored-field.ts';
import type { Ledger } from './ledger.ts';

/** An object that shall be as it is written here. */
export interface Desired {
  /** See `InventoryEntry.id`. */
  readonly id: string;
  readonly object: Unstructured;
  /** Hash of the object. */
  readonly hash: string;
  /** Absent while the API server does not serve its kind: its CRD may come with the same set. */
  readonly resource: Resource | undefined;
  /** Fields that are others' to change. */
  readonly ignored: readonly IgnoredField[];
}

export interface PlanOptions {
  /** Whether drift of this kind would have been noticed since the record was made. */
  readonly isWatched: (desired: Desired) => boolean;
  /** Records made before this time (monotonic milliseconds) are verified anew, whatever the watch says. */
  readonly verifyBeforeMs: number;
  /** Whether it matters what the object is now, and nobody knows: only a dry-run tells. */
  readonly isBlind: (desired: Desired) => boolean;
  /** This very set was validated as a whole before: a restart need not validate it again. */
  readonly validated: boolean;
}

export interface Plan {
  /** Dry-run these before anything is written. */
  readonly validate: readonly Desired[];
  /** Apply these, in this order; the first one alone. */
  readonly apply: readonly Desired[];
  /** Known to be as desired. */
  readonly keep: readonly Desired[];
}

/**
 * Decides what has to be done to a set of objects in apply order. Pure.
 *
 * All changed objects but the very first to be applied are dry-run before anything is written. The first needs none: it is applied before the others, and if
 * the server refuses it, nothing has been changed. So one bad object changes nothing, and a single changed object costs a single request.
 */
export function plan(desired: readonly Desired[], ledger: Ledger, { isWatched, isBlind, verifyBeforeMs, validated }: PlanOptions): Plan {
  const stateOf = (it: Desired): 'changed' | 'unverified' | 'kept' => {
    const record = ledger.get(it.id);
    if (record === undefined) return validated ? 'unverified' : 'changed';
    if (record.hash !== it.hash) return 'changed';
    return record.atMs < verifyBeforeMs || !isWatched(it) ? 'unverified' : 'kept';
  };
  const states = desired.map((it) => ({ it, state: stateOf(it) }));
  const changed = states.filter(({ state }) => state === 'changed').map(({ it }) => it);
  const [first, ...others] = changed;
  const apply = states.filter(({ state }) => state !== 'kept').map(({ it }) => it);
  return {
    validate: first !== undefined && apply[0] === first && !isBlind(first) ? others : changed,
    apply,
    keep: states.filter(({ state }) => state === 'kept').map(({ it }) => it),
  };
}
