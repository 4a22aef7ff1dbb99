import { GitError } from '../git-error.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { checkDirectories, type SparseCheckout, sparseCheckout } from './sparse-checkout.ts';
import { type PlacedEntry, walkTree } from './walk.ts';

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
  /** The same piece by piece, of a large file. */
  readonly pieces?: () => Iterable<Buffer>;
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
 * The regular files below a tree, in Git's order. Symbolic links and submodules are left out; names that mean something to a file system or
 * to Git itself are refused with a `GitError` that shows them escaped. Names that differ by case alone are names of different files.
 */
export function* filesOf(store: ObjectStore, tree: string, { directories }: FilesOptions = {}): Generator<TreeFile> {
  const sparse = sparseCheckout(directories);
  if (sparse !== undefined) checkDirectories(store, tree, sparse);
  yield* filesWithin(store, tree, sparse);
}

/**
 * Ids of the files that `filesOf` would be about and whose contents the store does not hold, each once: what to fetch after the commit was
 * fetched without contents (`filter blob:none` of the protocol). With `directories` this can be a small part of a large repository;
 * without, one fetch of everything is cheaper.
 */
export function missingBlobs(store: ObjectStore, tree: string, { directories }: FilesOptions = {}): readonly string[] {
  const sparse = sparseCheckout(directories);
  if (sparse !== undefined) checkDirectories(store, tree, sparse);
  const missing = new Set<string>();
  for (const { oid } of filesAmong(store, tree, sparse)) if (!store.has(oid)) missing.add(oid);
  return [...missing];
}

function* filesWithin(store: ObjectStore, tree: string, sparse: SparseCheckout | undefined): Generator<TreeFile> {
  for (const { kind, path, pathBytes, oid } of filesAmong(store, tree, sparse)) {
    const blob = store.get(oid);
    if (blob?.type !== 'blob') throw new GitError('protocol', `the server did not send the content of ${path}`);
    yield {
      path,
      ...(pathBytes === undefined ? {} : { pathBytes }),
      executable: kind === 'executable',
      oid,
      ...(blob.size === undefined ? {} : { size: blob.size }),
      ...(blob.pieces === undefined ? {} : { pieces: blob.pieces }),
      get content() {
        return blob.content;
      },
    };
  }
}

function* filesAmong(store: ObjectStore, tree: string, sparse: SparseCheckout | undefined): Generator<PlacedEntry> {
  const entries = walkTree(store, tree, sparse === undefined ? {} : { enters: (directory) => sparse.reaches(directory) });
  for (const entry of entries) {
    const isFile = entry.kind === 'file' || entry.kind === 'executable';
    if (isFile && (sparse === undefined || sparse.includes(entry.path))) yield entry;
  }
}
