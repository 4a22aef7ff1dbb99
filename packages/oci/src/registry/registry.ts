import type { Digest } from '../digest.ts';
import { platformOf } from '../layer.ts';
import { type Descriptor, type ImageManifest, parseManifest } from '../manifest.ts';
import { OciError } from '../oci-error.ts';
import type { RepositoryName } from '../reference.ts';
import { type BlobOptions, readBlob, saveBlob } from './blobs.ts';
import { createExchange, type ExchangeOptions } from './exchange.ts';
import { digestOfTag, type FetchedManifest, fetchManifest } from './manifests.ts';
import { listReferrers } from './referrers.ts';
import { listTags } from './tags.ts';

/**
 * One repository of a registry, read-only. All that comes from it is bounded, and checked where it has a digest. Everything throws
 * `OciError`, whose message holds no secret, or the signal's reason: deadlines are the caller's.
 */
export interface RemoteRepository extends Disposable {
  readonly name: RepositoryName;
  /** The digest that a tag stands for now: one request, if the registry knows us already. */
  digestOf(tag: string, signal: AbortSignal): Promise<Digest>;
  /** A manifest or index, by tag or digest, as it was sent. */
  manifest(reference: string, signal: AbortSignal): Promise<FetchedManifest>;
  /** The manifest under a digest; of an index, that for linux/amd64. */
  image(digest: Digest, signal: AbortSignal): Promise<ImageManifest>;
  tags(signal: AbortSignal): Promise<readonly string[]>;
  /** Streams a blob into a file, which then has the descriptor's size and digest; otherwise it is not there. */
  saveBlob(descriptor: Descriptor, file: string, options: BlobOptions): Promise<void>;
  readBlob(descriptor: Descriptor, options: BlobOptions): Promise<Buffer>;
  /** What is attached to a manifest, of any type. */
  referrers(digest: Digest, signal: AbortSignal): Promise<readonly Descriptor[]>;
}

/** Nothing is asked yet. Throws `OciError`, kind `refused`, for a login that was given for another registry. */
export function connect(options: ExchangeOptions): RemoteRepository {
  const { repository } = options;
  const { path } = repository;
  const exchange = createExchange(options);
  return {
    name: repository,
    digestOf: (tag, signal) => digestOfTag(exchange, { path, reference: tag }, signal),
    manifest: (reference, signal) => fetchManifest(exchange, { path, reference }, signal),
    async image(digest, signal) {
      const outer = await fetchManifest(exchange, { path, reference: digest }, signal);
      const document = parseManifest(outer.bytes, outer.mediaType);
      if (document.kind === 'manifest') return document;
      const chosen = platformOf(document);
      const { bytes, mediaType } = await fetchManifest(exchange, { path, reference: chosen.digest }, signal);
      if (bytes.length !== chosen.size)
        throw new OciError('digest-mismatch', `the manifest '${chosen.digest}' does not have the ${chosen.size} bytes that its index says`);
      const inner = parseManifest(bytes, mediaType);
      // Nobody needs it, and it could go on for ever.
      if (inner.kind === 'index') throw new OciError('hostile', 'the index leads to another index');
      return inner;
    },
    tags: (signal) => listTags(exchange, path, signal),
    saveBlob: (descriptor, file, blob) => saveBlob(exchange, { path, descriptor, file }, blob),
    readBlob: (descriptor, blob) => readBlob(exchange, { path, descriptor }, blob),
    referrers: (digest, signal) => listReferrers(exchange, { path, digest }, signal),
    [Symbol.dispose]: () => exchange[Symbol.dispose](),
  };
}
