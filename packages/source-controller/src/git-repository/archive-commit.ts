import { type ArchiveReport, type DigestAlgorithm, IGNORE_FILE, ignoreRules, writeArchive } from '@gotk/artifact/files';
import { filesOf, openPack, type TreeFile, treeOf } from '@gotk/git/objects';
import { LIMITS } from './limits.ts';

/** Plain data: it crosses into a worker thread. */
export interface ArchiveCommit {
  readonly packFile: string;
  readonly commit: string;
  /** `spec.ignore`. */
  readonly ignore: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** Where the archive goes. */
  readonly output: string;
}

export interface CommitArchive extends ArchiveReport {
  /** First line of the commit's message. */
  readonly subject: string;
}

const MAX_SUBJECT = 120;

/** Takes a pack apart and archives the commit's files, without a work tree. Throws `GitError` or `ArtifactError`. */
export async function archiveCommit({ packFile, commit, ignore, algorithm, output }: ArchiveCommit): Promise<CommitArchive> {
  using store = openPack(packFile, { limits: LIMITS.pack, scratchFile: `${packFile}.objects` });
  const files = [...filesOf(store, treeOf(store, commit))];
  const isIgnored = ignoreRules({ files: ignoreFilesAmong(files), spec: ignore });
  const report = await writeArchive(
    output,
    files.filter(({ path }) => !isIgnored(path)),
    { algorithm, maxBytes: LIMITS.artifactBytes },
  );
  return { ...report, subject: subjectOf(store.get(commit)?.content) };
}

function ignoreFilesAmong(files: readonly TreeFile[]): ReadonlyMap<string, string> {
  return new Map(
    files
      .filter(({ path }) => path === IGNORE_FILE || path.endsWith(`/${IGNORE_FILE}`))
      .map((file) => [file.path.slice(0, Math.max(0, file.path.length - IGNORE_FILE.length - 1)), file.content.toString('utf8')]),
  );
}

/** Of `<headers>\n\n<subject>\n…`; shortened, for it is somebody's text. */
function subjectOf(commit: Buffer | undefined): string {
  const text = commit?.toString('utf8') ?? '';
  const [subject = ''] = text.slice(text.indexOf('\n\n') + 2).split('\n');
  return subject.length > MAX_SUBJECT ? `${subject.slice(0, MAX_SUBJECT)}...` : subject;
}
