import { BuildError } from '../build-error.ts';
import type { JsonMap } from '../resource/resource.ts';
import type { KustomizationFile } from './kustomization-file.ts';
import { type ImageRule, imageRule, patchRule } from './rules.ts';

/** What a Flux Kustomization lays over the directory that it points to. Plain data: it crosses into a worker thread. */
export interface Overlay {
  readonly namePrefix?: string;
  readonly nameSuffix?: string;
  readonly targetNamespace?: string;
  readonly patches?: readonly { readonly patch: string; readonly target?: Readonly<Record<string, string>> }[];
  readonly images?: readonly ImageRule[];
  readonly commonMetadata?: { readonly labels?: Readonly<Record<string, string>>; readonly annotations?: Readonly<Record<string, string>> };
}

/** As Flux merges them: its namespace and prefixes replace those of the file, its patches and images come after. */
export function withOverlay(kustomization: KustomizationFile, overlay: Overlay): KustomizationFile {
  const images = (overlay.images ?? []).map((rule, index) => imageRule({ ...rule } as JsonMap, `spec.images[${index}]`));
  if (images.some(({ name }) => name === ''))
    throw new BuildError(`spec.images[${images.findIndex(({ name }) => name === '')}]: name is required`);
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
