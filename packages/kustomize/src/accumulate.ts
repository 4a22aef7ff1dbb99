import { BuildError } from './build-error.ts';
import { findKustomizationFile, type KustomizationFile, readKustomizationFile } from './kustomization-file.ts';
import { resourcesOf } from './manifest.ts';
import { resolvePath } from './path.ts';
import type { FileTree } from './ports.ts';
import { type BuildResource, refuseDuplicates } from './resource.ts';
import { replaceImages } from './transform/images.ts';
import { addAnnotations, addLabels } from './transform/labels.ts';
import { setNamespace } from './transform/namespace.ts';
import { applyPatches } from './transform/patch.ts';
import { rename } from './transform/rename.ts';
import { readDocuments } from './yaml/read.ts';

/** The kustomizations on the way down: what a cycle is recognised by. */
type Trail = readonly string[];

/** Builds a directory with a kustomization file and everything below it; names are not fixed up yet. */
function accumulate(tree: FileTree, directory: string, trail: Trail): BuildResource[] {
  const file = findKustomizationFile(tree, directory);
  if (file === undefined) throw new BuildError(`${directory === '' ? '.' : directory}: no kustomization file in this directory`);
  return transform(tree, readKustomizationFile(tree, file), trail);
}

/** Loads what a kustomization names and applies what it asks for, in kustomize's order. Throws `BuildError` for what is defined twice. */
export function transform(tree: FileTree, kustomization: KustomizationFile, trail: Trail = []): BuildResource[] {
  const { directory, file } = kustomization;
  if (trail.includes(file))
    throw new BuildError(`${file}: cycle of kustomizations: ${[...trail.slice(trail.indexOf(file)), file].join(' -> ')}`);
  if (kustomization.isEmpty) throw new BuildError(`${file}: the kustomization is empty`);
  const loaded = kustomization.resources.flatMap((entry, index) =>
    load(tree, { entry, kustomization, at: `${file}: resources[${index}]` }, [...trail, file]),
  );
  refuseDuplicates(loaded, file);

  const resources = applyPatches(loaded, kustomization.patches, { tree, directory });
  setNamespace(resources, kustomization.namespace);
  rename(resources, { prefix: kustomization.namePrefix, suffix: kustomization.nameSuffix });
  addLabels(resources, kustomization.labels);
  addAnnotations(resources, kustomization.commonAnnotations);
  const patched = applyPatches(resources, kustomization.patchesJson6902, { tree, directory });
  replaceImages(patched, kustomization.images);
  // A new namespace or a patched name may be another object's: two of one name would overwrite each other in the cluster.
  refuseDuplicates(patched, file);
  return patched;
}

interface Entry {
  readonly entry: string;
  readonly kustomization: KustomizationFile;
  readonly at: string;
}

function load(tree: FileTree, { entry, kustomization, at }: Entry, trail: Trail): BuildResource[] {
  const path = resolvePath(kustomization.directory, entry, at);
  const known = kustomization.documents.get(path);
  if (known !== undefined) return resourcesOf(known, path);
  const bytes = tree.read(path);
  if (bytes !== undefined) return resourcesOf(readDocuments(bytes, path), path);
  if (tree.list(path) === undefined) throw new BuildError(`${at}: there is no file or directory '${path}'`);
  return accumulate(tree, path, trail);
}
