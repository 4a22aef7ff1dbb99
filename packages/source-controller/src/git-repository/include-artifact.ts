import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ArchiveFile, unpack } from '@gotk/artifact/files';
import { pathWithin } from '@gotk/git/objects';

/** Files of another artifact that become part of this one. Plain data: it crosses into a worker thread. */
export interface Include {
  /** Where the other artifact is stored. */
  readonly artifactFile: string;
  /** What of it: a directory, or one file; its root when empty. Nothing in it leads out of the artifact. */
  readonly fromPath: string;
  /** Where it goes: by default, upstream takes the name of the other GitRepository. Nothing in it leads out of the root. */
  readonly toPath: string;
}

/** Something cannot be included: upstream's reason is `CopyFailure`. */
export class IncludeFailed extends Error {
  override readonly name = 'IncludeFailed';
}

/**
 * The files of a commit and of what is included, one after the other, each unpacked into a directory of its own below `scratch`, where their contents are read from until the end.
 *
 * As in Flux, a directory goes where nothing is yet, and a file in the place of a file or where nothing is: two directories are not merged. Throws `IncludeFailed` otherwise, and
 * for a `fromPath` that is not there; `ArtifactError` for an artifact that cannot be unpacked.
 */
export async function withIncludes(
  files: readonly ArchiveFile[],
  includes: readonly Include[],
  scratch: string,
): Promise<readonly ArchiveFile[]> {
  let all = files;
  for (const [index, include] of includes.entries()) {
    const directory = join(scratch, `include-${index}`);
    mkdirSync(directory, { mode: 0o700 });
    await unpack(include.artifactFile, directory);
    const to = pathWithin(include.toPath).join('/');
    const added = filesBelow(join(directory, ...pathWithin(include.fromPath)), to);
    if (added === undefined) throw new IncludeFailed(`the included artifact has nothing at '${shown(include.fromPath)}'`);
    all = [...remaining(all, to, added), ...added];
  }
  return all;
}

/** What stays of the files when others are put in a place. */
function remaining(files: readonly ArchiveFile[], to: string, added: readonly ArchiveFile[]): readonly ArchiveFile[] {
  const replaces = added.length === 1 && added[0]?.path === to;
  const inTheWay = files.find(
    ({ path }) => to === '' || path.startsWith(`${to}/`) || to.startsWith(`${path}/`) || (path === to && !replaces),
  );
  if (inTheWay !== undefined)
    throw new IncludeFailed(`nothing can be included at '${shown(to)}': there is ${JSON.stringify(shown(inTheWay.path))} already`);
  return files.filter(({ path }) => path !== to);
}

/** The files at a place on disk, as if they were at `to`; undefined where nothing is. What lies there was unpacked by us: files and directories. */
function filesBelow(place: string, to: string): readonly ArchiveFile[] | undefined {
  const info = statSync(place, { throwIfNoEntry: false });
  if (info === undefined) return undefined;
  if (info.isFile()) return [fileAt(place, to)];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      const path = file.slice(place.length + 1);
      return fileAt(file, to === '' ? path : `${to}/${path}`);
    });
}

function fileAt(file: string, path: string): ArchiveFile {
  const { mode, size } = statSync(file);
  return {
    path,
    executable: (mode & 0o100) !== 0,
    size,
    get content() {
      return readFileSync(file);
    },
  };
}

const shown = (path: string): string => path.slice(0, 200);
