import { dirname } from 'node:path';
import { type ArchiveFile, type ArchiveReport, type DigestAlgorithm, ignoreRules, writeArchive } from '@gotk/artifact/files';
import { filesOf, joinedStores, type ObjectStore, openPack, treeOf } from '@gotk/git/objects';
import { ignoreFilesAmong } from '../source/ignore-files.ts';
import { type Include, withIncludes } from './include-artifact.ts';
import { LIMITS } from './limits.ts';

/** Plain data: it crosses into a worker thread. */
export interface ArchiveCommit {
  /** In a directory of the task's own: others are made beside it, and left to whoever made the directory. */
  readonly packFile: string;
  /** With what was left out of the first: those of `missingBlobs`. */
  readonly blobPacks?: readonly string[];
  readonly commit: string;
  /** `spec.ignore`. */
  readonly ignore: string | undefined;
  readonly algorithm: DigestAlgorithm;
  /** Where the archive goes. */
  readonly output: string;
  /** `spec.sparseCheckout`. As in Flux, no submodules are there with it. */
  readonly directories?: readonly string[] | undefined;
  /** Those of `submodulesOf`, and what is within them, with their paths from the root. */
  readonly submodules?: readonly SubmodulePack[];
  /** In the order of `spec.include`. */
  readonly includes?: readonly Include[];
}

/** The files of a commit that lie at a path of another. */
export interface SubmodulePack {
  readonly path: string;
  readonly commit: string;
  readonly packFile: string;
}

export interface CommitArchive extends ArchiveReport {
  /** First line of the commit's message. */
  readonly subject: string;
}

const MAX_SUBJECT = 120;

/**
 * Takes packs apart and archives the commit's files, without a work tree: those of the commit, of its submodules, and of what is included; the rules about what to ignore are
 * about all of them, as in Flux. Throws `GitError`, `ArtifactError` or `IncludeFailed`.
 */
export async function archiveCommit(task: ArchiveCommit): Promise<CommitArchive> {
  const { packFile, blobPacks = [], commit, ignore, algorithm, output, directories, submodules = [], includes = [] } = task;
  using packs = new DisposableStack();
  // Of all packs together: each submodule would be allowed as much otherwise.
  let maxTotalBytes = LIMITS.pack.maxTotalBytes;
  const open = (file: string) => {
    const pack = packs.use(openPack(file, { limits: { ...LIMITS.pack, maxTotalBytes }, scratchFile: `${file}.objects` }));
    maxTotalBytes -= pack.bytes;
    return pack;
  };
  const store = joinedStores([packFile, ...blobPacks].map(open));
  const checkedOut = [
    ...filesOf(store, treeOf(store, commit), { directories }),
    ...submodules.flatMap((submodule) => filesWithin(open(submodule.packFile), submodule)),
  ];
  const files = await withIncludes(checkedOut, includes, dirname(packFile));
  const isIgnored = ignoreRules({ files: ignoreFilesAmong(files), spec: ignore });
  const report = await writeArchive(
    output,
    files.filter(({ path }) => !isIgnored(path)),
    { algorithm, maxBytes: LIMITS.artifactBytes },
  );
  return { ...report, subject: subjectOf(store.get(commit)?.content) };
}

function filesWithin(store: ObjectStore, { path: directory, commit }: SubmodulePack): readonly ArchiveFile[] {
  return [...filesOf(store, treeOf(store, commit))].map((file) => ({
    path: `${directory}/${file.path}`,
    ...(file.pathBytes === undefined ? {} : { pathBytes: Buffer.concat([Buffer.from(`${directory}/`), file.pathBytes]) }),
    executable: file.executable,
    ...(file.size === undefined ? {} : { size: file.size }),
    ...(file.pieces === undefined ? {} : { pieces: file.pieces }),
    get content() {
      return file.content;
    },
  }));
}

/** Of `<headers>\n\n<subject>\n…`; shortened, for it is somebody's text. */
function subjectOf(commit: Buffer | undefined): string {
  const text = commit?.toString('utf8') ?? '';
  const [subject = ''] = text.slice(text.indexOf('\n\n') + 2).split('\n');
  return subject.length > MAX_SUBJECT ? `${subject.slice(0, MAX_SUBJECT)}...` : subject;
}
