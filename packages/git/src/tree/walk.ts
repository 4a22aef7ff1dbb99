import { GitError } from '../git-error.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { entriesOf, type TreeEntry } from './entries.ts';

const MAX_DEPTH = 64;
/** A few objects can unfold into any number of files: each directory may hold the same tree ten times. */
const MAX_ENTRIES = 500_000;

/** Something in a tree, at any depth, that is no directory. */
export interface PlacedEntry extends TreeEntry {
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** The path as it is, where it is no UTF-8. */
  readonly pathBytes: Buffer | undefined;
}

export interface WalkOptions {
  /** Whether anything below a directory can be of interest; its path ends with `/`. Others are not read. */
  readonly enters?: (directory: string) => boolean;
}

/** What is below a tree, directories aside, in Git's order. Throws `GitError` for what is hostile, missing, or too much. */
export function walkTree(store: ObjectStore, tree: string, { enters = () => true }: WalkOptions = {}): Generator<PlacedEntry> {
  return below(tree, { path: '', pathBytes: undefined }, { store, enters, entries: 0 });
}

interface Walk {
  readonly store: ObjectStore;
  readonly enters: (directory: string) => boolean;
  /** Seen so far. */
  entries: number;
}

type Path = Pick<PlacedEntry, 'path' | 'pathBytes'>;

function* below(tree: string, prefix: Path, walk: Walk): Generator<PlacedEntry> {
  if (prefix.path.split('/').length > MAX_DEPTH)
    throw new GitError('hostile-content', 'directories of the repository are nested too deeply');
  for (const entry of entriesOf(walk.store, tree)) {
    walk.entries += 1;
    if (walk.entries > MAX_ENTRIES) throw new GitError('too-large', `the repository has more than ${MAX_ENTRIES} files and directories`);
    const placed = joined(prefix, entry);
    if (entry.kind !== 'directory') yield { ...entry, ...placed };
    else {
      const inner = joined(placed, { name: '/', nameBytes: undefined });
      if (walk.enters(inner.path)) yield* below(entry.oid, inner, walk);
    }
  }
}

function joined(prefix: Path, { name, nameBytes }: Pick<TreeEntry, 'name' | 'nameBytes'>): Path {
  const path = `${prefix.path}${name}`;
  if (prefix.pathBytes === undefined && nameBytes === undefined) return { path, pathBytes: undefined };
  return { path, pathBytes: Buffer.concat([prefix.pathBytes ?? Buffer.from(prefix.path), nameBytes ?? Buffer.from(name)]) };
}
