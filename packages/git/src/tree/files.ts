import { GitError } from '../git-error.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { checkDirectories, type SparseCheckout, sparseCheckout } from './sparse-checkout.ts';
import { walkTree } from './walk.ts';

/** A file of a commit. */
export interface TreeFile {
  /** Relative to the root, with `/`; U+FFFD stands for what is no UTF-8. */
  readonly path: string;
  /** The path as it is, where it is no UTF-8. */
  readonly pathBytes?: Buffer;
  readonly executable: boolean;
  /** Id of the blob. */
  readonly oid: string;
  /** Bytes of the content, where that is known without reading it. */
  readonly size?: number;
  /** Read from the store when it is asked for. */
  readonly content: Buffer;
}

export interface FilesOptions {
  /** `spec.sparseCheckout`: what paths have to start with (see `sparseCheckout`); undefined or none: all files. */
  readonly directories?: readonly string[] | undefined;
}

/** The commit's tree. Throws `GitError` when the object is none, or has headers that no Git would write. */
export function treeOf(store: ObjectStore, commit: string): string {
  const object = store.get(commit);
  if (object?.type !== 'commit') throw new GitError('protocol', `the server did not send commit ${commit}`);
  const match = /^tree ([0-9a-f]{40})\n(?!tree )/.exec(object.content.toString('latin1', 0, 200));
  if (match?.[1] === undefined) throw new GitError('hostile-content', `commit ${commit} does not start with one tree`);
  return match[1];
}

/**
 * The regular files below a tree, in Git's order. Symbolic links and submodules are left out; names that mean something to a file system or to Git itself are refused
 * with a `GitError` that shows them escaped. Names that differ by case alone are names of different files.
 */
export function* filesOf(store: ObjectStore, tree: string, { directories }: FilesOptions = {}): Generator<TreeFile> {
  const sparse = sparseCheckout(directories);
  if (sparse !== undefined) checkDirectories(store, tree, sparse);
  yield* filesWithin(store, tree, sparse);
}

function* filesWithin(store: ObjectStore, tree: string, sparse: SparseCheckout | undefined): Generator<TreeFile> {
  const entries = walkTree(store, tree, sparse === undefined ? {} : { enters: (directory) => sparse.reaches(directory) });
  for (const { kind, path, pathBytes, oid } of entries) {
    if (kind !== 'file' && kind !== 'executable') continue;
    if (sparse !== undefined && !sparse.includes(path)) continue;
    const blob = store.get(oid);
    if (blob?.type !== 'blob') throw new GitError('protocol', `the server did not send the content of ${path}`);
    yield {
      path,
      ...(pathBytes === undefined ? {} : { pathBytes }),
      executable: kind === 'executable',
      oid,
      ...(blob.size === undefined ? {} : { size: blob.size }),
      get content() {
        return blob.content;
      },
    };
  }
}
