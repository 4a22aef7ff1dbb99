import { GitError } from './git-error.ts';
import type { ObjectStore } from './pack.ts';

/** A file of a commit. */
export interface TreeFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly executable: boolean;
  readonly content: Buffer;
}

const MAX_DEPTH = 64;
const MAX_NAME_BYTES = 255;
/** A few objects can unfold into any number of files: each directory may hold the same tree ten times. */
const MAX_ENTRIES = 500_000;

const KIND = 0o170000;
const DIRECTORY = 0o040000;
const REGULAR = 0o100000;

/** The commit's tree. Throws `GitError` when the object is none, or has headers that no Git would write. */
export function treeOf(store: ObjectStore, commit: string): string {
  const object = store.get(commit);
  if (object?.type !== 'commit') throw new GitError('protocol', `the server did not send commit ${commit}`);
  const match = /^tree ([0-9a-f]{40})\n(?!tree )/.exec(object.content.toString('latin1', 0, 200));
  if (match?.[1] === undefined) throw new GitError('hostile-content', `commit ${commit} does not start with one tree`);
  return match[1];
}

/**
 * The regular files below a tree, in Git's order. Symbolic links and submodules are left out; names that mean something to a file system or to Git itself
 * are refused with a `GitError` that shows them escaped.
 */
export function filesOf(store: ObjectStore, tree: string): Generator<TreeFile> {
  return filesBelow(tree, '', { store, entries: 0 });
}

interface Walk {
  readonly store: ObjectStore;
  /** Seen so far. */
  entries: number;
}

function* filesBelow(tree: string, prefix: string, walk: Walk): Generator<TreeFile> {
  if (prefix.split('/').length > MAX_DEPTH) throw new GitError('hostile-content', 'directories of the repository are nested too deeply');
  const seen = new Set<string>();
  for (const { mode, name, oid } of entriesOf(walk.store, tree)) {
    if (!isHarmless(name))
      throw new GitError('hostile-content', `the repository holds an entry called ${JSON.stringify(name.slice(0, 80))}: refused`);
    if (seen.has(name)) throw new GitError('hostile-content', `the repository holds ${JSON.stringify(name)} twice in one directory`);
    seen.add(name);
    walk.entries += 1;
    if (walk.entries > MAX_ENTRIES) throw new GitError('too-large', `the repository has more than ${MAX_ENTRIES} files and directories`);
    const path = `${prefix}${name}`;
    // As Git does, by the kind of the entry and one bit: repositories made by old tools hold all sorts of permissions.
    switch (mode & KIND) {
      case DIRECTORY:
        yield* filesBelow(oid, `${path}/`, walk);
        break;
      case REGULAR: {
        const blob = walk.store.get(oid);
        if (blob?.type !== 'blob') throw new GitError('protocol', `the server did not send the content of ${path}`);
        yield { path, executable: (mode & 0o100) !== 0, content: blob.content };
        break;
      }
      default:
    }
  }
}

function* entriesOf(store: ObjectStore, oid: string): Generator<{ readonly mode: number; readonly name: string; readonly oid: string }> {
  const object = store.get(oid);
  if (object?.type !== 'tree') throw new GitError('protocol', `the server did not send tree ${oid}`);
  const { content } = object;
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const nul = content.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 21 > content.length) throw new GitError('hostile-content', `tree ${oid} is damaged`);
    const mode = content.toString('latin1', at, space);
    if (!/^[0-7]{5,7}$/.test(mode)) throw new GitError('hostile-content', `tree ${oid} is damaged`);
    yield {
      mode: Number.parseInt(mode, 8),
      name: content.toString('utf8', space + 1, nul),
      oid: content.toString('hex', nul + 1, nul + 21),
    };
    at = nul + 21;
  }
}

/** Code points that HFS+ ignores when it compares names. */
const IGNORED_BY_HFS = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** Whether a name is only a name: not a way out, and not `.git` in any spelling that some file system takes for it (git-fsck, CVE-2014-9390). */
export function isHarmless(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL and its like are what the rule is about.
  if (name === '' || name === '.' || name === '..' || /[/\\\u0000-\u001f]/.test(name) || Buffer.byteLength(name) > MAX_NAME_BYTES)
    return false;
  const folded =
    name
      .replace(IGNORED_BY_HFS, '')
      .toLowerCase()
      .split(':')[0]
      ?.replace(/[. ]+$/, '') ?? '';
  return folded !== '.git' && !/^git~\d+$/.test(folded);
}
