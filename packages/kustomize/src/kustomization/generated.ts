import { BuildError } from '../build-error.ts';
import { type Document, readDocuments } from '../tree/documents.ts';
import type { FileTree } from '../tree/file-tree.ts';
import { joinPath } from '../tree/path.ts';
import { emptyKustomization, findKustomizationFile, type KustomizationFile } from './kustomization-file.ts';

const MAX_DEPTH = 64;

/**
 * The kustomization that a directory without one stands for, as Flux generates it: every YAML file below it that is not empty, in the order of the paths; a directory with a kustomization file of its own is one resource, and not looked into.
 */
export function generateKustomization(tree: FileTree, directory: string): KustomizationFile {
  if (tree.list(directory) === undefined) throw new BuildError(`${directory}: there is no such directory`);
  const found = scan(tree, directory, 0);
  const resources = found.map(({ path }) => (directory === '' ? path : path.slice(directory.length + 1)));
  const documents = new Map(found.flatMap((entry) => (entry.documents === undefined ? [] : [[entry.path, entry.documents]])));
  return { ...emptyKustomization(joinPath(directory, 'kustomization.yaml')), resources, documents, isEmpty: resources.length === 0 };
}

/** A file with documents, which had to be read to know that, or a directory with a kustomization. */
interface Entry {
  readonly path: string;
  readonly documents?: readonly Document[];
}

function scan(tree: FileTree, directory: string, depth: number): readonly Entry[] {
  if (depth > MAX_DEPTH) throw new BuildError(`${directory}: directories are nested too deeply`);
  // The order of a listing depends on the file system; that of the result must not.
  const names = [...(tree.list(directory) ?? [])].sort();
  return names.flatMap((name) => {
    const path = joinPath(directory, name);
    if (tree.list(path) !== undefined) return findKustomizationFile(tree, path) === undefined ? scan(tree, path, depth + 1) : [{ path }];
    const documents = /\.ya?ml$/.test(name) ? documentsIn(tree, path) : undefined;
    return documents === undefined ? [] : [{ path, documents }];
  });
}

/**
 * What is in a file; undefined when it is empty. YAML that is no manifest is not left out: the build refuses it, as Flux does, because somebody may have thought
 * that it is one.
 */
function documentsIn(tree: FileTree, path: string): readonly Document[] | undefined {
  const bytes = tree.read(path);
  const documents = bytes === undefined ? [] : readDocuments(bytes, path);
  return documents.length === 0 ? undefined : documents;
}
