import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Scratch } from '@gotk/artifact';
import { connect, fetchPack, type Remote } from '@gotk/git';
import type { SourceDeps } from '../source/deps.ts';
import type { Draft, SourceRun } from '../source/source-run.ts';
import type { ArchiveCommit, CommitArchive } from './archive-commit.ts';
import { LIMITS } from './limits.ts';
import type { GitStage } from './stages.ts';

export interface CommitRequest {
  readonly remote: Remote;
  readonly commit: string;
  readonly ignore: string | undefined;
}

export interface CommitDraft extends Draft {
  /** First line of the commit's message. */
  readonly subject: string;
}

const ARCHIVE_DEADLINE_MS = 120_000;

/** Fetches a commit and archives its files, in a worker thread. */
export async function draftOf(
  { remote, commit, ignore }: CommitRequest,
  { run, deps, scratch }: { readonly run: SourceRun<GitStage>; readonly deps: SourceDeps; readonly scratch: Scratch },
): Promise<CommitDraft> {
  const { signal, owner } = run;
  const packFile = join(scratch.directory, 'pack');
  const file = join(scratch.directory, 'archive');
  await run.within('fetch', async () => {
    await using connection = connect(remote);
    const pack = fetchPack(connection, commit, { signal, maxBytes: LIMITS.packBytes });
    await pipeline(Readable.from(pack), createWriteStream(packFile, { mode: 0o600 }), { signal });
  });
  const made = await run.within('archive', () =>
    deps.workers.run<ArchiveCommit, CommitArchive>(
      'archive commit',
      { packFile, commit, ignore, algorithm: deps.algorithm, output: file },
      { signal, deadlineMs: ARCHIVE_DEADLINE_MS, of: `${owner.namespace}/${owner.name}` },
    ),
  );
  return { file, digest: made.digest, size: made.size, subject: made.subject };
}
