import type { Kustomization } from '@gotk/api';
import { deepEqual, keyOf, renderKey } from '@gotk/apimachinery';
import type { Ready } from '@gotk/runtime';
import type { ApplyReport, InventoryEntry } from '@gotk/ssa';
import type { Account } from '../accounts/account.ts';
import type { Built } from './build-tree.ts';
import type { Source } from './source.ts';

/** What was reached when a Kustomization was last found to be as it should. */
export interface Reached {
  readonly built: Pick<Built, 'digest' | 'footprint'>;
  readonly objects: ApplyReport['objects'];
  readonly inventory: readonly InventoryEntry[];
  /** Until then it is believed (monotonic milliseconds). */
  readonly untilMs: number;
  readonly ready: Ready;
}

/** What a Kustomization was then. */
interface Settled extends Reached {
  readonly account: Account;
  readonly uid: string | undefined;
  readonly generation: number | undefined;
  readonly artifactDigest: string;
  readonly revision: string;
  readonly variables: string;
}

/** What a run is about. */
export interface Looked {
  readonly kustomization: Kustomization;
  readonly source: Source;
  readonly account: Account;
  /** The mark of its variables. */
  readonly variables: string;
}

/** What was found; `isCurrent` when nothing at all has changed, else it is another artifact that may or may not matter. */
export type Found = Reached & { readonly isCurrent: boolean };

/**
 * The Kustomizations that need no work: same object, same account, same variables, the status still says what we wrote, and nothing has been heard of what they
 * applied. With the same artifact a look at one of them costs nothing, neither a build nor a request; with another, no more than a look at the files that its build
 * has read. Kept in memory alone: a process that has just started verifies.
 */
export interface SettledSet {
  find(looked: Looked, nowMs: number): Found | undefined;
  add(looked: Looked, reached: Reached): void;
  /** By `namespace/name`. */
  forget(owner: string): void;
}

export function createSettledSet(): SettledSet {
  const entries = new Map<string, Settled>();
  return {
    find({ kustomization: { metadata, status }, source: { artifact, revision }, account, variables }, nowMs) {
      const entry = entries.get(renderKey(keyOf({ metadata })));
      if (entry === undefined || entry.untilMs <= nowMs) return undefined;
      const same = entry.account === account && entry.uid === metadata.uid && entry.generation === metadata.generation;
      const sameStatus = status?.lastAppliedRevision === entry.revision && deepEqual(status?.inventory?.entries, entry.inventory);
      if (!same || !sameStatus || entry.variables !== variables) return undefined;
      return { ...entry, isCurrent: entry.artifactDigest === artifact.digest && entry.revision === revision };
    },
    add({ kustomization: { metadata }, source: { artifact, revision }, account, variables }, { ready, built, ...reached }) {
      // What a run has counted once is not counted again by a look that does nothing.
      const { fields: _fields, conditions: _conditions, ...again } = ready;
      const { uid, generation } = metadata;
      const looked = { account, uid, generation, artifactDigest: artifact.digest, revision, variables };
      // Of a whole build neither the objects nor what must not be shown of them are to stay in memory.
      const { digest, footprint } = built;
      entries.set(renderKey(keyOf({ metadata })), { ...looked, ...reached, built: { digest, footprint }, ready: again });
    },
    forget: (owner) => entries.delete(owner),
  };
}
