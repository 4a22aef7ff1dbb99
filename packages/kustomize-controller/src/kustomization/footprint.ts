import { createHash } from 'node:crypto';
import type { FileTree } from '@gotk/kustomize';

/** What a build has read of a tree, be it there or not, and what all of that was. Another tree with the same would be built to the same. Plain data. */
export interface Footprint {
  readonly files: readonly string[];
  readonly directories: readonly string[];
  readonly digest: string;
}

/** A build that reads more is made anew for every revision: to remember all that would cost more than it saves. */
const MAX_PATHS = 5_000;

/** A tree that notes what is read of it, as it is read; `footprint` is undefined when that was too much. */
export function notingTree(tree: FileTree): { readonly tree: FileTree; readonly footprint: () => Footprint | undefined } {
  const files: Marks = new Map();
  const directories: Marks = new Map();
  const isTooMuch = () => files.size + directories.size > MAX_PATHS;
  return {
    tree: {
      ...tree,
      read(path) {
        const bytes = tree.read(path);
        if (!isTooMuch() && !files.has(path)) files.set(path, markOf(bytes));
        return bytes;
      },
      list(path) {
        const names = tree.list(path);
        if (!isTooMuch() && !directories.has(path)) directories.set(path, markOfNames(names));
        return names;
      },
    },
    footprint() {
      if (isTooMuch()) return undefined;
      return { files: [...files.keys()], directories: [...directories.keys()], digest: digestOf(files, directories) };
    },
  };
}

/** Whether a tree has what another had where that was read. */
export const hasFootprint = (tree: FileTree, { files, directories, digest }: Footprint): boolean =>
  digestOf(
    new Map(files.map((path) => [path, markOf(tree.read(path))])),
    new Map(directories.map((path) => [path, markOfNames(tree.list(path))])),
  ) === digest;

/** By path, in the order of reading. */
type Marks = Map<string, string>;

const markOf = (bytes: Uint8Array | undefined): string =>
  bytes === undefined ? 'none' : createHash('sha256').update(bytes).digest('base64url');

const markOfNames = (names: readonly string[] | undefined): string =>
  markOf(names === undefined ? undefined : Buffer.from([...names].sort().join('/')));

const digestOf = (...read: readonly Marks[]): string =>
  createHash('sha256')
    .update(JSON.stringify(read.map((marks) => [...marks.values()])))
    .digest('base64url');
