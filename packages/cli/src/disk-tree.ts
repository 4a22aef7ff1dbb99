import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, parse, sep } from 'node:path';
import { BuildError, type FileTree } from '@gotk/kustomize';
import { onDisk } from './on-disk.ts';

/** A tree in which a path may lead through symbolic links. */
export interface LinkedTree extends FileTree {
  /** `..` of the root is the root. */
  readonly isFileSystem: true;
  /** The path of the same file or directory without links; undefined when there is none. */
  realPath(path: string): string | undefined;
}

/** The whole file system: what a build may see of it is decided elsewhere. Throws `BuildError` for what exists and cannot be read. */
export function diskTree(): LinkedTree {
  const statOf = (path: string): Stats | undefined => attempt(path, () => statSync(placeOf(path), { throwIfNoEntry: false }));
  return {
    isFileSystem: true,
    // Devices and pipes are no files: some never end.
    read: (path) => (statOf(path)?.isFile() ? attempt(path, () => readFileSync(placeOf(path))) : undefined),
    list: (path) => (statOf(path)?.isDirectory() ? attempt(path, () => readdirSync(placeOf(path))) : undefined),
    realPath: (path) => (statOf(path) === undefined ? undefined : attempt(path, () => inTree(realpathSync(placeOf(path))))),
  };
}

const ROOT = parse(process.cwd()).root;

const placeOf = (path: string): string => join(ROOT, path);

/** The path in the tree of an absolute one. */
export const inTree = (path: string): string => path.slice(ROOT.length).split(sep).join('/');

const attempt = <Result>(path: string, act: () => Result): Result => onDisk(path, act, BuildError);
