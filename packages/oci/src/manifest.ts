import { type JsonObject, type JsonValue, parsePlainJson } from '@gotk/apimachinery';
import { type Digest, isDigest } from './digest.ts';
import { OciError } from './oci-error.ts';

/** Where some bytes are, what they are, and how many: nothing of it is true before the bytes were checked. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly annotations: Annotations;
  readonly artifactType?: string;
  readonly platform?: Platform;
}

export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

export type Annotations = Readonly<Record<string, string>>;

export interface ImageManifest {
  readonly kind: 'manifest';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly annotations: Annotations;
  /** What this one is about: a signature names what it signs. */
  readonly subject?: Descriptor;
  readonly artifactType?: string;
}

export interface ImageIndex {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
  readonly annotations: Annotations;
}

/** The media types that are understood, and which of the two documents each is. */
export const MEDIA_TYPES: ReadonlyMap<string, 'manifest' | 'index'> = new Map([
  ['application/vnd.oci.image.manifest.v1+json', 'manifest'],
  ['application/vnd.oci.image.index.v1+json', 'index'],
  ['application/vnd.docker.distribution.manifest.v2+json', 'manifest'],
  ['application/vnd.docker.distribution.manifest.list.v2+json', 'index'],
]);

/**
 * Parses a manifest or an index. The type that the registry says (`served`, '' for none), the type that the document says and what is in
 * the document have to agree: a document that is one thing to one reader and another to the next is refused (CVE-2021-41190). Throws
 * `OciError`: `hostile` for those, `protocol` for what is no manifest.
 */
export function parseManifest(bytes: Uint8Array, served: string): ImageManifest | ImageIndex {
  const document = objectIn(bytes);
  switch (kindOf(document, served)) {
    case 'index':
      return { kind: 'index', manifests: descriptorsIn(document, 'manifests'), annotations: annotationsIn(document) };
    case 'manifest':
      return {
        kind: 'manifest',
        config: descriptorIn(document.config, 'config'),
        layers: descriptorsIn(document, 'layers'),
        annotations: annotationsIn(document),
        ...(document.subject === undefined ? {} : { subject: descriptorIn(document.subject, 'subject') }),
        ...(typeof document.artifactType === 'string' ? { artifactType: document.artifactType } : {}),
      };
  }
}

function objectIn(bytes: Uint8Array): JsonObject {
  let value: JsonValue;
  try {
    value = parsePlainJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new OciError('protocol', 'the manifest is not JSON', { cause: error });
  }
  if (!isObject(value)) throw new OciError('protocol', 'the manifest is not a JSON object');
  return value;
}

function kindOf(document: JsonObject, served: string): 'manifest' | 'index' {
  const { mediaType } = document;
  if (mediaType !== undefined && typeof mediaType !== 'string') throw new OciError('hostile', 'the media type of the manifest is no text');
  const shape = shapeOf(document);
  // Static servers send any type for a file: theirs counts when it is one of ours.
  for (const said of [mediaType, served]) {
    const kind = MEDIA_TYPES.get(said ?? '');
    if (kind !== undefined && kind !== shape) throw new OciError('hostile', `the manifest says that it is of type '${said}', and is not`);
  }
  if (mediaType !== undefined && mediaType !== '') {
    if (!MEDIA_TYPES.has(mediaType)) throw unsupported(mediaType);
    if (MEDIA_TYPES.has(served) && served !== mediaType)
      throw new OciError('hostile', `the manifest says that it is of type '${mediaType}', and the registry that it is of type '${served}'`);
  }
  return shape;
}

function shapeOf(document: JsonObject): 'manifest' | 'index' {
  const [hasManifests, hasLayers] = ['manifests' in document, 'layers' in document || 'config' in document];
  if ('fsLayers' in document || document.schemaVersion === 1) throw unsupported('application/vnd.docker.distribution.manifest.v1+json');
  if (hasManifests && hasLayers) throw new OciError('hostile', 'the manifest is an index and an image at the same time');
  if (!hasManifests && !hasLayers) throw new OciError('protocol', 'the manifest is neither an image nor an index');
  return hasManifests ? 'index' : 'manifest';
}

const unsupported = (mediaType: string) =>
  new OciError('protocol', `manifests of type '${mediaType.slice(0, 120).replace(/[^ -~]/g, '?')}' are not supported`);

function descriptorsIn(document: JsonObject, field: 'manifests' | 'layers'): readonly Descriptor[] {
  const list = document[field] ?? [];
  if (!Array.isArray(list)) throw new OciError('protocol', `'${field}' of the manifest is not a list`);
  return list.map((item: JsonValue, index) => descriptorIn(item, `${field}[${index}]`));
}

function descriptorIn(value: JsonValue | undefined, at: string): Descriptor {
  if (!isObject(value)) throw new OciError('protocol', `'${at}' of the manifest is not a descriptor`);
  const { mediaType, digest, size, platform, artifactType } = value;
  if (typeof digest !== 'string' || !isDigest(digest))
    throw new OciError('hostile', `${JSON.stringify(String(digest).slice(0, 160))}, the digest of '${at}', cannot be verified`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw new OciError('hostile', `the size of '${at}' in the manifest is not a number of bytes`);
  if (typeof mediaType !== 'string') throw new OciError('protocol', `'${at}' of the manifest has no media type`);
  return {
    mediaType,
    digest,
    size,
    annotations: annotationsIn(value),
    ...(typeof artifactType === 'string' ? { artifactType } : {}),
    ...(isObject(platform) ? { platform: { os: textIn(platform.os), architecture: textIn(platform.architecture) } } : {}),
  };
}

function annotationsIn({ annotations }: JsonObject): Annotations {
  if (annotations === undefined || annotations === null) return {};
  if (!isObject(annotations)) throw new OciError('protocol', 'annotations of the manifest are not an object');
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => {
      if (typeof value !== 'string') throw new OciError('protocol', 'an annotation of the manifest is no text');
      return [key, value];
    }),
  );
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const textIn = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
