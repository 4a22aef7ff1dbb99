import { join } from 'node:path';
import { GitError, MAX_SUBMODULE_DEPTH, MAX_SUBMODULES, type Remote } from '@gotk/git';
import type { WorkerPool } from '@gotk/runtime';
import type { SubmodulePack } from './archive-commit.ts';
import { fetchCommit, type Line } from './fetch-commit.ts';
import type { ListedSubmodule, ListSubmodules } from './list-submodules.ts';
import { remoteOfSubmodule } from './submodule-remote.ts';

/** A commit that was fetched, and may have submodules. */
export interface Superproject {
  readonly remote: Remote;
  readonly commit: string;
  readonly packFile: string;
}

export interface SubmoduleContext {
  readonly line: Line;
  readonly workers: WorkerPool;
  /** Owner of the work, as `namespace/name`. */
  readonly of: string;
  /** For the packs. */
  readonly directory: string;
  /** For all of them together. */
  readonly maxBytes: number;
}

const LIST_DEADLINE_MS = 60_000;

/** Fetches the submodules of a commit, those within them included, each at its commit and without history. Throws `GitError`, `TaskFailed`, or the signal's reason. */
export async function fetchSubmodules(root: Superproject, context: SubmoduleContext): Promise<readonly SubmodulePack[]> {
  const { line, directory } = context;
  const fetched: SubmodulePack[] = [];
  let bytesLeft = context.maxBytes;
  const open = [{ ...root, path: '', depth: 0 }];
  for (let parent = open.shift(); parent !== undefined; parent = open.shift()) {
    for (const { path: within, commit, url } of await listed(parent, context)) {
      const path = parent.path === '' ? within : `${parent.path}/${within}`;
      if (parent.depth === MAX_SUBMODULE_DEPTH)
        throw new GitError('too-large', `submodules lie more than ${MAX_SUBMODULE_DEPTH} deep in each other, at ${shown(path)}`);
      if (fetched.length === MAX_SUBMODULES)
        throw new GitError('too-large', `the repository and its submodules have more than ${MAX_SUBMODULES} submodules`);
      const packFile = join(directory, `submodule-${fetched.length}`);
      const remote = remoteOfSubmodule(root.remote, new URL(url));
      bytesLeft -= await fetchCommit(remote, { oid: commit, file: packFile, maxBytes: bytesLeft }, line).catch((error) => {
        throw error instanceof GitError ? new GitError(error.kind, `submodule ${shown(path)}: ${error.message}`, { cause: error }) : error;
      });
      const submodule = { path, commit, packFile };
      fetched.push(submodule);
      open.push({ ...submodule, remote, depth: parent.depth + 1 });
    }
  }
  return fetched;
}

const listed = ({ packFile, commit, remote: { url } }: Superproject, { workers, line: { signal }, of }: SubmoduleContext) =>
  workers.run<ListSubmodules, readonly ListedSubmodule[]>(
    'list submodules',
    { packFile, commit, url: url.href },
    { signal, deadlineMs: LIST_DEADLINE_MS, of },
  );

const shown = (path: string): string => JSON.stringify(path.slice(0, 200));
