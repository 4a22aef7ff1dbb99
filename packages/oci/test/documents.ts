import { digestOf } from '../src/digest.ts';

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';

/** What a test adds to a manifest, or puts in place of a part of it. */
export type Parts = Readonly<Record<string, unknown>>;

export const descriptor = (bytes: Buffer, parts: Parts = {}) => ({
  mediaType: 'application/octet-stream',
  digest: digestOf(bytes),
  size: bytes.length,
  annotations: {},
  ...parts,
});

export function manifestBytes(parts: Parts = {}): Buffer {
  const config = descriptor(Buffer.from('{}'));
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST_TYPE, config, layers: [], ...parts }));
}

export const indexBytes = (manifests: readonly unknown[], parts: Parts = {}): Buffer =>
  Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: INDEX_TYPE, manifests, ...parts }));
