import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, parse, sep } from 'node:path';
import { BuildError, type FileTree } from '@gotk/kustomize';

/** A tree in which a path may lead through symbolic links. */
export interface LinkedTree extends FileTree {
  /** `..` of the root is the root. */
  readonly isFileSystem: true;
  /** The path of the same file or directory without links; undefined when there is none. */
  realPath(path: string): string | undefined;
}

/** The whole file system: what a build may see of it is decided elsewhere. Throws `BuildError` for what exists and cannot be read. */
export function diskTree(): LinkedTree {
  const statOf = (path: string): Stats | undefined => attempt(path, () => statSync(onDisk(path), { throwIfNoEntry: false }));
  return {
    isFileSystem: true,
    // Devices and pipes are no files: some never end.
    read: (path) => (statOf(path)?.isFile() ? attempt(path, () => readFileSync(onDisk(path))) : undefined),
    list: (path) => (statOf(path)?.isDirectory() ? attempt(path, () => readdirSync(onDisk(path))) : undefined),
    realPath: (path) => (statOf(path) === undefined ? undefined : attempt(path, () => inTree(realpathSync(onDisk(path))))),
  };
}

const ROOT = parse(process.cwd()).root;

const onDisk = (path: string): string => join(ROOT, path);

/** The path in the tree of an absolute one. */
export const inTree = (path: string): string => path.slice(ROOT.length).split(sep).join('/');

function attempt<Result>(path: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    // Node's messages are `CODE: what happened, call 'path'`.
    const reason = /^\w+: ([^,]+)/.exec(error.message)?.[1] ?? error.message;
    throw new BuildError(`${path}: ${reason}`, { cause: error });
  }
}
