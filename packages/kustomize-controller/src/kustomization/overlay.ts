import type { KustomizationSpec } from '@gotk/api';
import type { Overlay } from '@gotk/kustomize';

/** The part of a spec that changes what is built. */
export function overlayOf({ namePrefix, nameSuffix, targetNamespace, patches, images, commonMetadata }: KustomizationSpec): Overlay {
  const fields = { namePrefix, nameSuffix, targetNamespace, patches, images, commonMetadata };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Overlay;
}
