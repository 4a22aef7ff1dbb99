import { join } from 'node:path';
import type { Scratch } from '@gotk/artifact';
import type { Remote } from '@gotk/git';
import type { Draft } from '../source/source-run.ts';
import type { ArchiveCommit, CommitArchive } from './archive-commit.ts';
import type { Included } from './content.ts';
import { fetchCommit, type Line } from './fetch-commit.ts';
import { fetchSparse } from './fetch-sparse.ts';
import { fetchSubmodules } from './fetch-submodules.ts';
import type { GitDeps } from './git-deps.ts';
import { type Include, IncludeFailed } from './include-artifact.ts';
import { LIMITS } from './limits.ts';

export interface CommitRequest {
  readonly remote: Remote;
  readonly commit: string;
  /** The branch that has the commit, if that is known. */
  readonly branch: string | undefined;
  readonly ignore: string | undefined;
  readonly submodules: boolean;
  readonly sparseCheckout: readonly string[] | undefined;
  readonly included: readonly Included[];
}

export interface CommitDraft extends Draft {
  /** First line of the commit's message. */
  readonly subject: string;
}

export interface DraftContext extends Line {
  readonly deps: GitDeps;
  readonly scratch: Scratch;
  /** Owner of the work, as `namespace/name`. */
  readonly of: string;
}

const ARCHIVE_DEADLINE_MS = 120_000;

/** Fetches a commit with what belongs to it, and archives its files in a worker thread. Throws what `troubleWith` tells apart. */
export async function draftOf(request: CommitRequest, context: DraftContext): Promise<CommitDraft> {
  const { commit, ignore, sparseCheckout: directories } = request;
  const { deps, signal, of } = context;
  const file = join(context.scratch.directory, 'archive');
  const fetched = await fetchFiles(request, context);
  const includes = await copiesOf(request.included, context);
  const { digest, size, subject } = await deps.workers.run<ArchiveCommit, CommitArchive>(
    'archive commit',
    { ...fetched, commit, ignore, algorithm: deps.algorithm, output: file, directories, includes },
    { signal, deadlineMs: ARCHIVE_DEADLINE_MS, of },
  );
  return { file, digest, size, subject };
}

/** As in Flux, no submodules are there with a sparse checkout. */
async function fetchFiles(
  { remote, commit, branch, submodules: recurse, sparseCheckout: directories = [] }: CommitRequest,
  context: DraftContext,
): Promise<Pick<ArchiveCommit, 'packFile' | 'blobPacks' | 'submodules'>> {
  const { directory } = context.scratch;
  const by = { line: context, workers: context.deps.workers, of: context.of, directory };
  if (directories.length > 0) {
    const [packFile, ...blobPacks] = await fetchSparse({ remote, commit, branch, directories }, { ...by, maxBytes: LIMITS.packBytes });
    return { packFile, blobPacks };
  }
  const packFile = join(directory, 'pack');
  const bytes = await fetchCommit(remote, { oid: commit, file: packFile, maxBytes: LIMITS.packBytes, branch }, context);
  if (!recurse) return { packFile };
  const submodules = await fetchSubmodules({ remote, commit, packFile }, { ...by, maxBytes: LIMITS.packBytes - bytes });
  return { packFile, submodules };
}

/** The included artifacts, each as its object's status describes it: one that is stored anew meanwhile takes none of them away. */
async function copiesOf(included: readonly Included[], { deps, scratch }: DraftContext): Promise<readonly Include[]> {
  const copies: Include[] = [];
  for (const { entry, artifact } of included) {
    const artifactFile = join(scratch.directory, `included-${copies.length}`);
    const { name } = entry.repository;
    if (!(await deps.storage.copyTo(artifactFile, artifact)))
      throw new IncludeFailed(`the artifact of include '${name}' is not in the storage as its status says`);
    // An empty path is as good as none, as upstream has it.
    copies.push({ artifactFile, fromPath: entry.fromPath ?? '', toPath: entry.toPath || name });
  }
  return copies;
}
