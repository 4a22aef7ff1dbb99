import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Artifact } from '@gotk/api';
import type { ArtifactOwner, DigestAlgorithm, Storage } from '@gotk/artifact';
import { connect, fetchPack, type Remote, type Revision, renderRevision } from '@gotk/git';
import type { WorkerPool } from '@gotk/runtime';
import type { ArchiveCommit, CommitArchive } from './archive-commit.ts';
import type { stage } from './failures.ts';
import { LIMITS } from './limits.ts';

export interface StoreRequest {
  readonly owner: ArtifactOwner;
  readonly remote: Remote;
  readonly revision: Revision;
  readonly ignore: string | undefined;
  readonly signal: AbortSignal;
  readonly nowMs: number;
  /** Runs a part of the work under its name. */
  readonly within: <T>(name: Parameters<typeof stage>[0], work: () => Promise<T>) => Promise<T>;
}

export interface Stored {
  readonly artifact: Artifact;
  readonly subject: string;
}

export interface StoreOptions {
  readonly storage: Storage;
  readonly workers: WorkerPool;
  readonly algorithm: DigestAlgorithm;
}

const ARCHIVE_DEADLINE_MS = 120_000;

/** Fetches a commit and stores its files as an artifact. What is stored under the path before is replaced at once, and only by a whole archive. */
export async function storeCommit(request: StoreRequest, { storage, workers, algorithm }: StoreOptions): Promise<Stored> {
  const { owner, remote, revision, ignore, signal, nowMs, within } = request;
  await using scratch = await within('store', () => storage.scratch());
  const packFile = join(scratch.directory, 'pack');
  const output = join(scratch.directory, 'archive');
  await within('fetch', async () => {
    await using connection = connect(remote);
    const pack = fetchPack(connection, revision.commit, { signal, maxBytes: LIMITS.packBytes });
    await pipeline(Readable.from(pack), createWriteStream(packFile, { mode: 0o600 }), { signal });
  });
  return await within('store', async () => {
    const { digest, size, subject } = await workers.run<ArchiveCommit, CommitArchive>(
      'archive commit',
      { packFile, commit: revision.commit, ignore, algorithm, output },
      { signal, deadlineMs: ARCHIVE_DEADLINE_MS, of: `${owner.namespace}/${owner.name}` },
    );
    const path = storage.pathOf(owner, `${revision.commit}.tar.gz`);
    await storage.commit(output, path);
    const lastUpdateTime = `${new Date(nowMs).toISOString().slice(0, 19)}Z`;
    return { artifact: { path, url: storage.urlOf(path), revision: renderRevision(revision), digest, lastUpdateTime, size }, subject };
  });
}
