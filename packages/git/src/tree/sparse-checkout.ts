import { GitError } from '../git-error.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { type EntryKind, entriesOf } from './entries.ts';
import { pathWithin } from './path-within.ts';

/** Which files of a commit are wanted. */
export interface SparseCheckout {
  readonly directories: readonly string[];
  includes(path: string): boolean;
  /** Whether a file below the directory can be included; its path ends with `/`. */
  reaches(directory: string): boolean;
}

/**
 * What `spec.sparseCheckout` stands for, which is what go-git makes of it in Flux: files whose *path starts with* one of the texts, less a
 * `./` before it. So `app` is about `app/x`, `apps/x` and `app.yaml`; files of the root are there only if a text fits them; and
 * `.sourceignore` counts only where it is included itself. Undefined: all.
 */
export function sparseCheckout(directories: readonly string[] | undefined): SparseCheckout | undefined {
  if (directories === undefined || directories.length === 0) return undefined;
  const prefixes = directories.map((directory) => (directory.startsWith('./') ? directory.slice(2) : directory));
  return {
    directories,
    includes: (path) => prefixes.some((prefix) => path.startsWith(prefix)),
    reaches: (directory) => prefixes.some((prefix) => directory.startsWith(prefix) || prefix.startsWith(directory)),
  };
}

/**
 * Each text has to be the path of something that is included, `..` and `.` resolved within the root. Throws `GitError` that names the first
 * that is not.
 */
export function checkDirectories(store: ObjectStore, tree: string, sparse: SparseCheckout): void {
  for (const directory of sparse.directories) {
    const parts = pathWithin(directory);
    const path = parts.join('/');
    const kind = kindAt(store, tree, parts);
    // The root is always there; a directory is when anything can be checked out below it.
    const exists = parts.length === 0 || (kind === 'directory' ? sparse.reaches(`${path}/`) : kind !== undefined && sparse.includes(path));
    if (!exists) throw new GitError('reference-not-found', `sparse checkout dir '${directory.slice(0, 200)}' does not exist in repository`);
  }
}

function kindAt(store: ObjectStore, root: string, parts: readonly string[]): EntryKind | undefined {
  let at: { readonly kind: EntryKind; readonly oid: string } = { kind: 'directory', oid: root };
  for (const part of parts) {
    const found = at.kind === 'directory' ? [...entriesOf(store, at.oid)].find(({ name }) => name === part) : undefined;
    if (found === undefined) return undefined;
    at = found;
  }
  return at.kind;
}
