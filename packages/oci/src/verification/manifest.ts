import { digestOf, isDigest } from '../digest.ts';
import type { Descriptor } from '../manifest.ts';
import { ensure, Rejection } from './verdict.ts';

/** What of a manifest leads to signatures. */
export interface SignatureManifest {
  readonly artifactType: string | undefined;
  readonly layers: readonly Descriptor[];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The JSON object in UTF-8 bytes. Throws {@link Rejection} for anything else. */
export function parseObject(bytes: Uint8Array, what: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Rejection(`${what} is no JSON`);
  }
  ensure(isRecord(value), `${what} is no JSON object`);
  return value;
}

/** Throws {@link Rejection} unless the bytes hash to the digest. */
export function checkDigest(bytes: Uint8Array, digest: string): void {
  ensure(isDigest(digest), 'a digest is neither sha256 nor sha512 in lower case hex');
  ensure(digestOf(bytes, digest) === digest, `the registry's answer does not hash to ${digest}`);
}

function parseDescriptor(value: unknown): Descriptor {
  ensure(isRecord(value), 'a layer of the signature manifest is no object');
  const { mediaType, digest, size, annotations } = value;
  ensure(typeof mediaType === 'string', 'a layer of the signature manifest has no media type');
  ensure(typeof digest === 'string' && isDigest(digest), 'a layer of the signature manifest has no proper digest');
  ensure(typeof size === 'number' && Number.isSafeInteger(size) && size >= 0, 'a layer of the signature manifest has no proper size');
  return { mediaType, digest, size, annotations: parseAnnotations(annotations) };
}

function parseAnnotations(value: unknown): Readonly<Record<string, string>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Reads an OCI image manifest that carries signatures. Throws {@link Rejection}. */
export function parseSignatureManifest(bytes: Uint8Array): SignatureManifest {
  const manifest = parseObject(bytes, 'the signature manifest');
  ensure(Array.isArray(manifest.layers), 'the signature manifest has no layers');
  const config = isRecord(manifest.config) ? manifest.config.mediaType : undefined;
  // Before OCI 1.1 the media type of the config said what an artifact is.
  const artifactType = manifest.artifactType ?? config;
  return { artifactType: typeof artifactType === 'string' ? artifactType : undefined, layers: manifest.layers.map(parseDescriptor) };
}
