import type { Unstructured } from '@gotk/apimachinery';
import { transform } from './accumulate.ts';
import { BuildError } from './build-error.ts';
import { generateKustomization } from './kustomization/generated.ts';
import { findKustomizationFile, type KustomizationFile, readKustomizationFile } from './kustomization/kustomization-file.ts';
import { type ImageRule, imageRule, patchRule } from './kustomization/rules.ts';
import { fixNameReferences } from './references/name-references.ts';
import { settleAnnotations } from './resource/manifest.ts';
import { type BuildResource, isMap, type JsonMap, metadataOf } from './resource/resource.ts';
import { setMetadata } from './transform/labels.ts';
import type { FileTree } from './tree/file-tree.ts';
import { resolvePath } from './tree/path.ts';

/** What a Flux Kustomization lays over the directory that it points to. Plain data: it crosses into a worker thread. */
export interface Overlay {
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly targetNamespace?: string;
  readonly patches?: readonly { readonly patch: string; readonly target?: Readonly<Record<string, string>> }[];
  readonly images?: readonly ImageRule[];
  readonly commonMetadata?: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
}

export interface BuildResult {
  readonly objects: readonly Unstructured[];
  /** Every file that the result depends on, sorted. */
  readonly filesRead: readonly string[];
}

/**
 * Builds a directory: its kustomization, or the one that Flux would generate, with the overlay merged into it.
 *
 * Deterministic; reads nothing but the tree. Throws `BuildError`, whose message starts with the file it is about.
 */
export function build(tree: FileTree, path: string, overlay: Overlay = {}): BuildResult {
  const { recorded, filesRead } = recording(tree);
  // `/` is where the source begins, as it is for Flux.
  const directory = resolvePath('', path.replace(/^\/+/, ''), 'spec.path');
  if (tree.list(directory) === undefined) throw new BuildError(`${path}: there is no such directory in the source`);
  const file = findKustomizationFile(recorded, directory);
  const kustomization = file === undefined ? generateKustomization(recorded, directory) : readKustomizationFile(recorded, file);
  const resources = transform(recorded, withOverlay(kustomization, overlay));
  fixNameReferences(resources);
  const wanted = resources.filter((resource) => !isLocal(resource));
  for (const { object } of wanted) settleAnnotations(object);
  setMetadata(wanted, { labels: overlay.commonMetadata?.labels ?? {}, annotations: overlay.commonMetadata?.annotations ?? {} });
  return { objects: wanted.map(({ object }) => object as unknown as Unstructured), filesRead: filesRead() };
}

/** Objects that are only there to be built with carry a mark, and are not for the cluster. */
function isLocal({ object }: BuildResource): boolean {
  const { annotations } = metadataOf(object);
  const mark = isMap(annotations) ? annotations['config.kubernetes.io/local-config'] : undefined;
  return mark !== undefined && mark !== 'false';
}

/** As Flux merges them: its namespace and prefixes replace those of the file, its patches and images come after. */
function withOverlay(kustomization: KustomizationFile, overlay: Overlay): KustomizationFile {
  const images = (overlay.images ?? []).map((rule, index) => imageRule({ ...rule } as JsonMap, `spec.images[${index}]`));
  const patches = (overlay.patches ?? []).map(({ patch, target }, index) =>
    patchRule({ patch, ...(target === undefined ? {} : { target: { ...target } }) }, `spec.patches[${index}]`),
  );
  const asks = [overlay.targetNamespace, overlay.namePrefix, overlay.nameSuffix, ...images, ...patches].some(Boolean);
  return {
    ...kustomization,
    namespace: overlay.targetNamespace ?? kustomization.namespace,
    namePrefix: overlay.namePrefix ?? kustomization.namePrefix,
    nameSuffix: overlay.nameSuffix ?? kustomization.nameSuffix,
    images: withImages(kustomization.images, images),
    patches: [...kustomization.patches, ...patches],
    isEmpty: kustomization.isEmpty && !asks,
  };
}

/** Rules are chained, so order matters: a rule changes the one for the same name where that stands. */
function withImages(written: readonly ImageRule[], overlaid: readonly ImageRule[]): readonly ImageRule[] {
  const changed = written.map((rule) => overlaid.filter(({ name }) => name === rule.name).reduce(withImage, rule));
  return [...changed, ...overlaid.filter(({ name }) => !written.some((rule) => rule.name === name))];
}

/** Tag and digest are one choice: to make it anew is to drop what was chosen before. A new name alone leaves it. */
function withImage(rule: ImageRule, over: ImageRule): ImageRule {
  const { newTag: _tag, digest: _digest, ...unversioned } = rule;
  return { ...(over.newTag === undefined && over.digest === undefined ? rule : unversioned), ...over };
}

function recording(tree: FileTree): { readonly recorded: FileTree; readonly filesRead: () => readonly string[] } {
  const read = new Set<string>();
  return {
    recorded: {
      list: (path) => tree.list(path),
      read: (path) => {
        const bytes = tree.read(path);
        if (bytes !== undefined) read.add(path);
        return bytes;
      },
    },
    filesRead: () => [...read].sort(),
  };
}
