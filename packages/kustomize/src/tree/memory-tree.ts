import type { FileTree } from './file-tree.ts';

/** A tree of files held in memory, by their paths relative to its root. */
export function memoryTree(files: Readonly<Record<string, string | Uint8Array>>): FileTree {
  const contents = new Map(
    Object.entries(files).map(([path, content]) => [path, typeof content === 'string' ? new TextEncoder().encode(content) : content]),
  );
  const directories = new Map<string, Set<string>>([['', new Set()]]);
  for (const path of contents.keys()) {
    const parts = path.split('/');
    for (let depth = 0; depth < parts.length; depth++) {
      const parent = parts.slice(0, depth).join('/');
      const names = directories.get(parent) ?? new Set();
      names.add(parts[depth] ?? '');
      directories.set(parent, names);
    }
  }
  return {
    read: (path) => contents.get(path),
    list: (path) => {
      const names = directories.get(path);
      return names === undefined ? undefined : [...names];
    },
  };
}
