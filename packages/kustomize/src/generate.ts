import { BuildError } from './build-error.ts';
import { emptyKustomization, findKustomizationFile, type KustomizationFile } from './kustomization-file.ts';
import { joinPath } from './path.ts';
import type { FileTree } from './ports.ts';
import { isMap } from './resource.ts';
import { readYaml } from './yaml/read.ts';

const MAX_DEPTH = 64;

/**
 * The kustomization that a directory without one stands for, as Flux generates it: every YAML file below it that holds Kubernetes objects, in the order of
 * the paths; a directory with a kustomization file of its own is one resource, and not looked into.
 */
export function generateKustomization(tree: FileTree, directory: string): KustomizationFile {
  if (tree.list(directory) === undefined) throw new BuildError(`${directory}: there is no such directory`);
  const resources = scan(tree, directory, 0).map((path) => (directory === '' ? path : path.slice(directory.length + 1)));
  return { ...emptyKustomization(joinPath(directory, 'kustomization.yaml')), resources, isEmpty: resources.length === 0 };
}

function scan(tree: FileTree, directory: string, depth: number): readonly string[] {
  if (depth > MAX_DEPTH) throw new BuildError(`${directory}: directories are nested too deeply`);
  // The order of a listing depends on the file system; that of the result must not.
  const names = [...(tree.list(directory) ?? [])].sort();
  return names.flatMap((name) => {
    const path = joinPath(directory, name);
    if (tree.list(path) !== undefined) return findKustomizationFile(tree, path) === undefined ? scan(tree, path, depth + 1) : [path];
    return /\.ya?ml$/.test(name) && holdsObjects(tree, path) ? [path] : [];
  });
}

/** Other YAML lies around in repositories: only what has a kind is meant for the cluster. */
function holdsObjects(tree: FileTree, path: string): boolean {
  const bytes = tree.read(path);
  if (bytes === undefined) return false;
  const documents = readYaml(bytes, path);
  return documents.some(
    (document) => isMap(document) && document.apiVersion !== undefined && document.kind !== undefined && document.kind !== '',
  );
}
