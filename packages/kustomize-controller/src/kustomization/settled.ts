import type { Kustomization } from '@gotk/api';
import { deepEqual, keyOf, renderKey } from '@gotk/apimachinery';
import type { Ready } from '@gotk/runtime';
import type { InventoryEntry } from '@gotk/ssa';
import type { Account } from '../accounts/account.ts';
import type { Source } from './source.ts';

/** What a Kustomization was when it was last found to be as it should, objects and all. */
interface Settled {
  readonly account: Account;
  readonly uid: string | undefined;
  readonly generation: number | undefined;
  readonly digest: string;
  readonly revision: string;
  readonly variables: string;
  readonly inventory: readonly InventoryEntry[];
  readonly untilMs: number;
  readonly ready: Ready;
}

/** What a run is about. */
export interface Looked {
  readonly kustomization: Kustomization;
  readonly source: Source;
  readonly account: Account;
  /** The mark of its variables. */
  readonly variables: string;
}

/**
 * The Kustomizations that need no work: same object, same artifact, same account, same variables, the status still says what we wrote, and nothing has been heard of
 * what they applied. A look at one of them costs nothing, neither a build nor a request. Kept in memory alone: a process that has just started verifies.
 */
export interface SettledSet {
  find(looked: Looked, nowMs: number): Ready | undefined;
  add(looked: Looked, settled: Pick<Settled, 'inventory' | 'untilMs' | 'ready'>): void;
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
      const sameSource = entry.digest === artifact.digest && entry.revision === revision && status?.lastAppliedRevision === revision;
      const sameVariables = entry.variables === variables;
      return same && sameSource && sameVariables && deepEqual(status?.inventory?.entries, entry.inventory) ? entry.ready : undefined;
    },
    add({ kustomization: { metadata }, source: { artifact, revision }, account, variables }, { inventory, untilMs, ready }) {
      // What a run has counted once is not counted again by a look that does nothing.
      const { fields: _fields, conditions: _conditions, ...again } = ready;
      const { uid, generation } = metadata;
      entries.set(renderKey(keyOf({ metadata })), {
        account,
        uid,
        generation,
        digest: artifact.digest,
        revision,
        variables,
        inventory,
        untilMs,
        ready: again,
      });
    },
    forget: (owner) => entries.delete(owner),
  };
}
