import { BuildError } from './build-error.ts';
import { findKustomizationFile, type KustomizationFile, readKustomizationFile } from './kustomization/kustomization-file.ts';
import { resourcesOf } from './resource/manifest.ts';
import { type BuildResource, refuseDuplicates } from './resource/resource.ts';
import { replaceImages } from './transform/images.ts';
import { addAnnotations, addLabels } from './transform/labels.ts';
import { setNamespace } from './transform/namespace.ts';
import { applyPatches } from './transform/patch.ts';
import { rename } from './transform/rename.ts';
import { readDocuments } from './tree/documents.ts';
import type { FileTree } from './tree/file-tree.ts';
import { resolvePath } from './tree/path.ts';

/** Kustomizations that one build may visit: a few that name each other twice would be visited without end. */
const MAX_VISITS = 10_000;
/** Kustomizations within each other. */
const MAX_DEPTH = 100;
/** Far beyond what the inventory of a Kustomization can hold; a few prefixes make a million of one. */
const MAX_OBJECTS = 50_000;

interface Way {
  /** The kustomizations on the way down: what a cycle is recognised by. */
  readonly trail: readonly string[];
  /** Shared by all ways of a build. */
  readonly visits: { left: number };
}

/** Builds a directory with a kustomization file and everything below it; names are not fixed up yet. */
function accumulate(tree: FileTree, directory: string, way: Way): BuildResource[] {
  const file = findKustomizationFile(tree, directory);
  if (file === undefined) throw new BuildError(`${directory === '' ? '.' : directory}: no kustomization file in this directory`);
  return visit(tree, readKustomizationFile(tree, file), way);
}

/** Loads what a kustomization names and applies what it asks for, in kustomize's order. Throws `BuildError` for what is defined twice. */
export const transform = (tree: FileTree, kustomization: KustomizationFile): BuildResource[] =>
  visit(tree, kustomization, { trail: [], visits: { left: MAX_VISITS } });

function visit(tree: FileTree, kustomization: KustomizationFile, { trail, visits }: Way): BuildResource[] {
  const { directory, file } = kustomization;
  if (trail.includes(file))
    throw new BuildError(`${file}: cycle of kustomizations: ${[...trail.slice(trail.indexOf(file)), file].join(' -> ')}`);
  if (trail.length > MAX_DEPTH) throw new BuildError(`${file}: more than ${MAX_DEPTH} kustomizations within each other`);
  visits.left -= 1;
  if (visits.left < 0)
    throw new BuildError(`${file}: more than ${MAX_VISITS} kustomizations to build, counting each as often as it is named`);
  if (kustomization.isEmpty) throw new BuildError(`${file}: the kustomization is empty`);
  const loaded = kustomization.resources.flatMap((entry, index) =>
    load(tree, { entry, kustomization, at: `${file}: resources[${index}]` }, { trail: [...trail, file], visits }),
  );
  if (loaded.length > MAX_OBJECTS) throw new BuildError(`${file}: more than ${MAX_OBJECTS} objects`);
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

function load(tree: FileTree, { entry, kustomization, at }: Entry, way: Way): BuildResource[] {
  const path = resolvePath(kustomization.directory, entry, at);
  const known = kustomization.documents.get(path);
  if (known !== undefined) return resourcesOf(known, path);
  const bytes = tree.read(path);
  if (bytes !== undefined) return resourcesOf(readDocuments(bytes, path), path);
  if (tree.list(path) === undefined) throw new BuildError(`${at}: there is no file or directory '${path}'`);
  return accumulate(tree, path, way);
}
