import type { GitObject } from '../src/pack/object-store.ts';
import { idOf, type TreeEntry, treeContent } from './pack.ts';

/** A store in which objects can be made, each known by its id. */
export function storeBuilder() {
  const store = new Map<string, GitObject>();
  const add = (type: GitObject['type'], content: Buffer): string => {
    const oid = idOf(type, content);
    store.set(oid, { type, content });
    return oid;
  };
  const blob = (text: string) => add('blob', Buffer.from(text));
  const tree = (...entries: readonly (Partial<TreeEntry> & Pick<TreeEntry, 'name'>)[]) =>
    add('tree', treeContent(entries.map((entry) => ({ mode: '100644', oid: blob('hello'), ...entry }))));
  const commit = (root: string) =>
    add('commit', Buffer.from(`tree ${root}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 +0000\n\nsubject\n`));
  return { store, add, blob, tree, commit };
}
