import { BuildError, type FileTree } from '@gotk/kustomize';
import type { LinkedTree } from '../disk-tree.ts';

const KUSTOMIZATION_FILES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

const directoryOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const isBelow = (path: string, directory: string): boolean => directory === '' || path === directory || path.startsWith(`${directory}/`);

/**
 * A tree from which a build with load restrictions gets no file through a link that leads out of the directory of its kustomization: nothing else is opened. Throws
 * `BuildError`.
 */
export function withinLoadRoots(tree: LinkedTree): FileTree {
  const roots = new Set<string>();
  return {
    ...tree,
    read(path) {
      const real = tree.realPath(path);
      if (real === undefined) return undefined;
      const directory = directoryOf(path);
      const isKustomization = KUSTOMIZATION_FILES.some((name) => path === (directory === '' ? name : `${directory}/${name}`));
      if (isKustomization) roots.add(directory);
      const allowed = [...roots].some((root) => isBelow(path, root) && isBelow(real, tree.realPath(root) ?? root));
      if (allowed) return tree.read(path);
      // A directory is no file, wherever it is.
      if (tree.list(path) !== undefined) return undefined;
      throw new BuildError(`${path}: is not in or below the directory of its kustomization, as LoadRestrictionsRootOnly demands`);
    },
  };
}
