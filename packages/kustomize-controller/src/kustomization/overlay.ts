import type { KustomizationSpec } from '@gotk/api';
import type { Overlay } from '@gotk/kustomize';

/** The part of a spec that changes what is built. */
export function overlayOf(spec: KustomizationSpec): Overlay {
  const { namePrefix, nameSuffix, targetNamespace, patches, images, commonMetadata } = spec;
  const { components, ignoreMissingComponents, buildMetadata } = spec;
  const names = { namePrefix, nameSuffix, targetNamespace };
  const fields = { ...names, patches, images, components, ignoreMissingComponents, buildMetadata, commonMetadata };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Overlay;
}
