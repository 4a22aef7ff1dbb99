import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
import type { FileTree } from '../tree/file-tree.ts';
import { resolvePath } from '../tree/path.ts';
import { isRemote } from '../tree/remote-address.ts';
import type { KustomizationFile } from './kustomization-file.ts';
import { type ImageRule, imageRule, patchRule } from './rules.ts';

/** What a Flux Kustomization lays over the directory that it points to. Plain data: it crosses into a worker thread. */
export interface Overlay {
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly targetNamespace?: string;
  readonly patches?: readonly { readonly patch: string; readonly target?: Readonly<Record<string, string>> }[];
  readonly images?: readonly ImageRule[];
  /** Directories of components, from that of the kustomization. */
  readonly components?: readonly string[];
  /** Components that are not there are left out. */
  readonly ignoreMissingComponents?: boolean;
  readonly buildMetadata?: readonly string[];
  readonly commonMetadata?: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
}

/** Where the kustomization is that is overlaid. */
export interface Overlaid {
  readonly tree: FileTree;
  /** There was a file; else it stands for the manifests of the directory. */
  readonly isWritten: boolean;
}

/**
 * As Flux merges them (fluxcd/pkg, `kustomize/kustomize_generator.go`): its namespace, prefixes and build metadata replace those of the file, its patches, images and components come
 * after. A file that names no resources says where its objects come from, unless the overlay says what they are to say. Throws `BuildError`.
 */
export function withOverlay(kustomization: KustomizationFile, overlay: Overlay, { tree, isWritten }: Overlaid): KustomizationFile {
  const images = (overlay.images ?? []).map((rule, index) => imageRule({ ...rule } as JsonMap, `spec.images[${index}]`));
  if (images.some(({ name }) => name === ''))
    throw new BuildError(`spec.images[${images.findIndex(({ name }) => name === '')}]: name is required`);
  const patches = (overlay.patches ?? []).map(({ patch, target }, index) =>
    patchRule({ patch, ...(target === undefined ? {} : { target: { ...target } }) }, `spec.patches[${index}]`),
  );
  const components = componentsOf(overlay, kustomization, tree);
  const asks = [overlay.targetNamespace, overlay.namePrefix, overlay.nameSuffix, ...images, ...patches, ...components].some(Boolean);
  const buildMetadata = isWritten && kustomization.resources.length === 0 ? ['originAnnotations'] : kustomization.buildMetadata;
  return {
    ...kustomization,
    namespace: overlay.targetNamespace ?? kustomization.namespace,
    namePrefix: overlay.namePrefix ?? kustomization.namePrefix,
    nameSuffix: overlay.nameSuffix ?? kustomization.nameSuffix,
    images: withImages(kustomization.images, images),
    patches: [...kustomization.patches, ...patches],
    components: [...kustomization.components, ...components],
    buildMetadata: overlay.buildMetadata?.length ? overlay.buildMetadata : buildMetadata,
    isEmpty: kustomization.isEmpty && !asks,
  };
}

function componentsOf(
  { components = [], ignoreMissingComponents = false }: Overlay,
  { directory }: KustomizationFile,
  tree: FileTree,
): readonly string[] {
  return components.filter((path, index) => {
    const at = `spec.components[${index}]`;
    if (isRemote(path) || path.startsWith('/')) throw new BuildError(`${at}: component path '${path}' must be local and relative`);
    const resolved = resolvePath(directory, path, { at, isFileSystem: tree.isFileSystem });
    if (tree.list(resolved) !== undefined) return true;
    if (ignoreMissingComponents) return false;
    throw new BuildError(`${at}: there is no directory '${path}'`);
  });
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
