import { join } from 'node:path';
import type { Remote } from '@gotk/git';
import type { WorkerPool } from '@gotk/runtime';
import { connectTo, fetchOver, type Line, writePack } from './fetch-commit.ts';
import type { ListMissingBlobs } from './list-missing-blobs.ts';

export interface SparseRequest {
  readonly remote: Remote;
  readonly commit: string;
  readonly branch: string | undefined;
  readonly directories: readonly string[];
}

export interface SparseContext {
  readonly line: Line;
  readonly workers: WorkerPool;
  /** Owner of the work, as `namespace/name`. */
  readonly of: string;
  /** For the packs. */
  readonly directory: string;
  /** For all of them together. */
  readonly maxBytes: number;
}

/** Of files that are asked for one by one; beyond this the whole commit is fetched. */
const MAX_WANTS = 20_000;
const LIST_DEADLINE_MS = 60_000;

/**
 * Fetches a commit with the files below some directories: of a large repository, from a server that can leave files out, no more than that. Resolves with the packs, of which the
 * first holds the commit. Throws `GitError`, `TaskFailed`, or the signal's reason.
 */
export async function fetchSparse(
  { remote, commit, branch, directories }: SparseRequest,
  { line, workers, of, directory, maxBytes }: SparseContext,
): Promise<readonly [string, ...string[]]> {
  const { signal } = line;
  const packFile = join(directory, 'pack');
  await using connection = connectTo(remote, line);
  await connection.handshake(signal);
  const canOmit = connection.canFilter === true && connection.sendsAny === true;
  const filter = canOmit ? 'blob:none' : undefined;
  const bytes = await fetchOver(connection, { oid: commit, file: packFile, maxBytes, branch, filter }, signal);
  if (!canOmit) return [packFile];

  const blobs = await workers.run<ListMissingBlobs, readonly string[]>(
    'list missing blobs',
    { packFile, commit, directories },
    { signal, deadlineMs: LIST_DEADLINE_MS, of },
  );
  if (blobs.length === 0) return [packFile];
  const blobPack = join(directory, 'blobs');
  const wanted = blobs.length > MAX_WANTS ? { wants: [commit], depth: 1 } : { wants: blobs };
  await writePack(connection.fetch(wanted, { signal, maxBytes: maxBytes - bytes }), blobPack, signal);
  return [packFile, blobPack];
}
