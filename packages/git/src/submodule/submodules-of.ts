import { GitError } from '../git-error.ts';
import type { ObjectStore } from '../pack/object-store.ts';
import { entriesOf } from '../tree/entries.ts';
import { treeOf } from '../tree/files.ts';
import { isHarmless } from '../tree/name.ts';
import { type PlacedEntry, walkTree } from '../tree/walk.ts';
import { parseGitConfig } from './git-config.ts';
import { submoduleUrl } from './submodule-url.ts';

/** A repository within another: at this path lie the files of this commit. */
export interface Submodule {
  /** Relative to the root of the superproject, with `/`. */
  readonly path: string;
  readonly commit: string;
  readonly url: URL;
}

/** How deep submodules may lie in each other: for whoever fetches one after the other. */
export const MAX_SUBMODULE_DEPTH = 8;
/** Of a repository with all that lies in it. */
export const MAX_SUBMODULES = 100;

const MODULES_FILE = '.gitmodules';

/**
 * The submodules of a commit, in the order of the tree: each place for one that the tree has, with its address from `.gitmodules`. What
 * that file says of other places means nothing, as for Git. Throws `GitError` for a place without address, for more than 100 submodules,
 * and for what is hostile: names and paths that lead elsewhere (CVE-2018-11235, CVE-2019-1387), options and transports in addresses.
 */
export function submodulesOf(store: ObjectStore, commit: string, superproject: URL): readonly Submodule[] {
  const tree = treeOf(store, commit);
  const places: PlacedEntry[] = [];
  for (const entry of walkTree(store, tree)) {
    if (entry.kind !== 'submodule') continue;
    if (places.push(entry) > MAX_SUBMODULES) throw new GitError('too-large', `the repository has more than ${MAX_SUBMODULES} submodules`);
  }
  if (places.length === 0) return [];
  const urls = declaredUrls(store, tree);
  return places.map(({ path, pathBytes, oid }) => {
    const written = pathBytes === undefined ? urls.get(path) : undefined;
    if (written === undefined)
      throw new GitError('reference-not-found', `no address for submodule ${JSON.stringify(path.slice(0, 200))} in ${MODULES_FILE}`);
    return { path, commit: oid, url: submoduleUrl(written, superproject) };
  });
}

/** Addresses by path, of the sections of `.gitmodules` that have both. */
function declaredUrls(store: ObjectStore, tree: string): ReadonlyMap<string, string> {
  const entry = [...entriesOf(store, tree)].find(({ name }) => name === MODULES_FILE);
  if (entry === undefined) return new Map();
  // A link could lead to a file that nobody has looked at.
  const blob = entry.kind === 'file' || entry.kind === 'executable' ? store.get(entry.oid) : undefined;
  if (blob?.type !== 'blob') throw new GitError('hostile-content', `${MODULES_FILE} is no file`);
  const sections = new Map<string, Map<string, string>>();
  for (const { section, subsection, key, value } of parseGitConfig(blob.content.toString('utf8'))) {
    if (section !== 'submodule' || subsection === undefined) continue;
    if (!isName(subsection))
      throw new GitError('hostile-content', `${MODULES_FILE} has a submodule called ${JSON.stringify(subsection.slice(0, 80))}: refused`);
    const values = sections.get(subsection) ?? new Map<string, string>();
    sections.set(subsection, values.set(key, value));
  }
  const urls = new Map<string, string>();
  for (const values of sections.values()) {
    const [path, url] = [values.get('path'), values.get('url')];
    if (path === undefined || url === undefined) continue;
    if (!path.replace(/\/$/, '').split('/').every(isHarmless))
      throw new GitError('hostile-content', `${MODULES_FILE} has the path ${JSON.stringify(path.slice(0, 80))}: refused`);
    urls.set(path.replace(/\/$/, ''), url);
  }
  return urls;
}

/** Git makes a directory of the name, below its own. We do not, and refuse what Git refuses. */
const isName = (name: string): boolean => name !== '' && !name.startsWith('-') && !name.split(/[/\\]/).includes('..');
