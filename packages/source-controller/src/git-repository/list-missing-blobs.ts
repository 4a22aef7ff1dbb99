import { missingBlobs, openPack, treeOf } from '@gotk/git/objects';
import { LIMITS } from './limits.ts';

/** Plain data: it crosses into a worker thread. */
export interface ListMissingBlobs {
  readonly packFile: string;
  readonly commit: string;
  /** `spec.sparseCheckout`. */
  readonly directories: readonly string[];
}

/** Ids of the files that a sparse checkout needs and the pack does not hold. Throws `GitError`, also for a directory that the commit does not have. */
export function listMissingBlobs({ packFile, commit, directories }: ListMissingBlobs): readonly string[] {
  using store = openPack(packFile, { limits: LIMITS.pack, scratchFile: `${packFile}.objects` });
  return missingBlobs(store, treeOf(store, commit), { directories });
}
