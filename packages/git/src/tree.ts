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
export function* filesOf(store: ObjectStore, tree: string, prefix = ''): Generator<TreeFile> {
  if (prefix.split('/').length > MAX_DEPTH) throw new GitError('hostile-content', 'directories of the repository are nested too deeply');
  const seen = new Set<string>();
  for (const { mode, name, oid } of entriesOf(store, tree)) {
    if (!isHarmless(name))
      throw new GitError('hostile-content', `the repository holds an entry called ${JSON.stringify(name.slice(0, 80))}: refused`);
    if (seen.has(name)) throw new GitError('hostile-content', `the repository holds ${JSON.stringify(name)} twice in one directory`);
    seen.add(name);
    const path = `${prefix}${name}`;
    switch (mode) {
      case '40000':
        yield* filesOf(store, oid, `${path}/`);
        break;
      case '100644':
      case '100664':
      case '100755': {
        const blob = store.get(oid);
        if (blob?.type !== 'blob') throw new GitError('protocol', `the server did not send the content of ${path}`);
        yield { path, executable: mode === '100755', content: blob.content };
        break;
      }
      default:
    }
  }
}

function* entriesOf(store: ObjectStore, oid: string): Generator<{ readonly mode: string; readonly name: string; readonly oid: string }> {
  const object = store.get(oid);
  if (object?.type !== 'tree') throw new GitError('protocol', `the server did not send tree ${oid}`);
  const { content } = object;
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const nul = content.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 21 > content.length) throw new GitError('hostile-content', `tree ${oid} is damaged`);
    yield {
      mode: content.toString('latin1', at, space),
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
