import { type ArchiveFile, ArtifactError, IGNORE_FILE } from '@gotk/artifact/files';

/** Of one file; nobody writes more rules. */
const MAX_BYTES = 1024 * 1024;

/** The text of each `.sourceignore` in a tree, by its directory, as `ignoreRules` takes them. Throws `ArtifactError` for one that is too large. */
export function ignoreFilesAmong(files: readonly ArchiveFile[]): ReadonlyMap<string, string> {
  return new Map(
    files
      .filter(({ path }) => path === IGNORE_FILE || path.endsWith(`/${IGNORE_FILE}`))
      .map((file) => [file.path.slice(0, Math.max(0, file.path.length - IGNORE_FILE.length - 1)), textOf(file)]),
  );
}

function textOf(file: ArchiveFile): string {
  const tooLarge = () => new ArtifactError('too-large', `'${file.path.slice(0, 200)}' is larger than ${MAX_BYTES} bytes`);
  if (file.size !== undefined && file.size > MAX_BYTES) throw tooLarge();
  const content = Buffer.from(file.content);
  if (content.length > MAX_BYTES) throw tooLarge();
  return content.toString('utf8');
}
