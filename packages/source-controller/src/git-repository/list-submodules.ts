import { openPack, submodulesOf } from '@gotk/git/objects';
import { LIMITS } from './limits.ts';

/** Plain data: it crosses into a worker thread. */
export interface ListSubmodules {
  readonly packFile: string;
  readonly commit: string;
  /** The repository's own address: those of its submodules can be relative to it. */
  readonly url: string;
}

export interface ListedSubmodule {
  /** Relative to the root of this commit. */
  readonly path: string;
  readonly commit: string;
  readonly url: string;
}

/** The submodules that a fetched commit has, without those that are within them: each is fetched, and listed in turn. Throws `GitError`. */
export function listSubmodules({ packFile, commit, url }: ListSubmodules): readonly ListedSubmodule[] {
  using store = openPack(packFile, { limits: LIMITS.pack, scratchFile: `${packFile}.objects` });
  return submodulesOf(store, commit, new URL(url)).map((submodule) => ({ ...submodule, url: submodule.url.href }));
}
