import type { Kustomization } from '@gotk/api';
import { keyOf, renderKey } from '@gotk/apimachinery';
import type { Ready } from '@gotk/runtime';
import type { Source } from './source.ts';

/** What a Kustomization was when it was last found to be as it should, objects and all. */
interface Settled {
  readonly uid: string | undefined;
  readonly generation: number | undefined;
  readonly digest: string;
  readonly revision: string;
  readonly untilMs: number;
  readonly ready: Ready;
}

/**
 * The Kustomizations that need no work: same object, same artifact, and nothing has been heard of what they applied. A look at one of them costs nothing, neither a
 * build nor a request. Kept in memory alone: a process that has just started verifies.
 */
export interface SettledSet {
  find(kustomization: Kustomization, source: Source, nowMs: number): Ready | undefined;
  add(kustomization: Kustomization, settled: { readonly source: Source; readonly untilMs: number; readonly ready: Ready }): void;
  /** By `namespace/name`. */
  forget(owner: string): void;
}

export function createSettledSet(): SettledSet {
  const entries = new Map<string, Settled>();
  return {
    find({ metadata }, { artifact, revision }, nowMs) {
      const entry = entries.get(renderKey(keyOf({ metadata })));
      if (entry === undefined || entry.untilMs <= nowMs) return undefined;
      const same =
        entry.uid === metadata.uid &&
        entry.generation === metadata.generation &&
        entry.digest === artifact.digest &&
        entry.revision === revision;
      return same ? entry.ready : undefined;
    },
    add({ metadata }, { source, untilMs, ready }) {
      entries.set(renderKey(keyOf({ metadata })), {
        uid: metadata.uid,
        generation: metadata.generation,
        digest: source.artifact.digest,
        revision: source.revision,
        untilMs,
        ready,
      });
    },
    forget: (owner) => entries.delete(owner),
  };
}
