import { GitError } from '../git-error.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { isHarmless } from './name.ts';

export type EntryKind = 'directory' | 'file' | 'executable' | 'link' | 'submodule';

/** An entry of a tree whose name is only a name. */
export interface TreeEntry {
  readonly kind: EntryKind;
  /** With U+FFFD for what is no UTF-8. */
  readonly name: string;
  /** The name as it is, where it is no UTF-8. */
  readonly nameBytes: Buffer | undefined;
  readonly oid: string;
}

/**
 * The entries of a tree. Names that mean something to a file system or to Git itself, and names that are there twice, are refused with a
 * `GitError` that shows them escaped.
 */
export function* entriesOf(store: ObjectStore, oid: string): Generator<TreeEntry> {
  const object = store.get(oid);
  if (object?.type !== 'tree') throw new GitError('protocol', `the server did not send tree ${oid}`);
  const { content } = object;
  const seen = new Set<string>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const nul = content.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + 21 > content.length) throw new GitError('hostile-content', `tree ${oid} is damaged`);
    const mode = content.toString('latin1', at, space);
    if (!/^[0-7]{5,7}$/.test(mode)) throw new GitError('hostile-content', `tree ${oid} is damaged`);
    const { name, nameBytes } = nameIn(content.subarray(space + 1, nul));
    if (!isHarmless(name)) throw new GitError('hostile-content', `the repository holds an entry called ${escaped(name)}: refused`);
    const key = nameBytes === undefined ? name : nameBytes.toString('latin1');
    if (seen.has(key)) throw new GitError('hostile-content', `the repository holds ${escaped(name)} twice in one directory`);
    seen.add(key);
    yield { kind: kindOf(Number.parseInt(mode, 8)), name, nameBytes, oid: content.toString('hex', nul + 1, nul + 21) };
    at = nul + 21;
  }
}

const escaped = (name: string): string => JSON.stringify(name.slice(0, 80));

function nameIn(bytes: Buffer): Pick<TreeEntry, 'name' | 'nameBytes'> {
  const name = bytes.toString('utf8');
  return { name, nameBytes: name.includes('\ufffd') && !Buffer.from(name).equals(bytes) ? bytes : undefined };
}

/** As Git does, by the kind of the entry and one bit: repositories made by old tools hold all sorts of permissions. */
function kindOf(mode: number): EntryKind {
  switch (mode & 0o170000) {
    case 0o040000:
      return 'directory';
    case 0o100000:
      return (mode & 0o100) === 0 ? 'file' : 'executable';
    case 0o160000:
      return 'submodule';
    default:
      return 'link';
  }
}
