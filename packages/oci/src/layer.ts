import type { Annotations, Descriptor, ImageIndex, ImageManifest } from './manifest.ts';
import { OciError } from './oci-error.ts';

/** `spec.layerSelector` of an OCIRepository, as far as it says which layer. */
export interface LayerSelector {
  readonly mediaType?: string;
}

/**
 * The layer that an artifact is made from: the first, or the first of the media type that is asked for. Throws `OciError`, kind `no-layer`.
 */
export function layerOf({ layers }: ImageManifest, { mediaType = '' }: LayerSelector = {}): Descriptor {
  const [first] = layers;
  if (first === undefined) throw new OciError('no-layer', 'no layers found in artifact');
  if (mediaType === '') return first;
  const layer = layers.find((candidate) => candidate.mediaType === mediaType);
  if (layer === undefined) throw new OciError('no-layer', `failed to find layer with media type '${mediaType}' in artifact`);
  return layer;
}

/** What an index is asked for: artifacts have no platform, images get the one that upstream's registry library takes without being told. */
const PLATFORM = { os: 'linux', architecture: 'amd64' } as const;

/** The manifest that an index stands for: the first for linux/amd64, or without a platform. Throws `OciError`, kind `no-layer`. */
export function platformOf({ manifests }: ImageIndex): Descriptor {
  const chosen = manifests.find(
    ({ platform = PLATFORM }) => platform.os === PLATFORM.os && platform.architecture === PLATFORM.architecture,
  );
  if (chosen === undefined) throw new OciError('no-layer', `no manifest for ${PLATFORM.os}/${PLATFORM.architecture} in the index`);
  return chosen;
}

/** What Kubernetes allows all annotations of an object together: metadata of an artifact gets into the status of one. */
const MAX_METADATA_BYTES = 256 * 1024;
const MAX_METADATA_ENTRIES = 1_000;

/** The annotations of a manifest, as metadata of the artifact. Throws `OciError`, kind `too-large`, for more than belongs into a status. */
export function metadataOf({ annotations }: ImageManifest): Annotations {
  const entries = Object.entries(annotations);
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (entries.length > MAX_METADATA_ENTRIES || bytes > MAX_METADATA_BYTES)
    throw new OciError('too-large', `the artifact has ${entries.length} annotations of ${bytes} bytes, more than a status can hold`);
  return annotations;
}
