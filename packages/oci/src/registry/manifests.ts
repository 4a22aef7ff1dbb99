import { type Digest, digestOf, isDigest } from '../digest.ts';
import { MEDIA_TYPES } from '../manifest.ts';
import { OciError } from '../oci-error.ts';
import { isTag } from '../reference.ts';
import type { Exchange } from './exchange.ts';
import { failureOf, ociErrorOf } from './failure.ts';
import { letGo } from './let-go.ts';

/** What registries accept at most when they follow the distribution specification. */
const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const ACCEPT = [...MEDIA_TYPES.keys()].join(', ');
/** Artifacts are served from other hosts at times (`registry.k8s.io`). */
export const MAX_REDIRECTS = 5;

/** A manifest or index as the registry sent it, for `parseManifest`. */
export interface FetchedManifest {
  readonly digest: Digest;
  /** What the registry says that it is. */
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/**
 * The digest that a tag stands for now: one HEAD, or a GET where a registry says nothing to that. Throws `OciError`, or the signal's
 * reason.
 */
export async function digestOfTag(exchange: Exchange, target: ManifestTarget, signal: AbortSignal): Promise<Digest> {
  const answer = await ask(exchange, { ...target, method: 'HEAD' }, signal);
  await letGo(answer);
  const said = statedDigest(answer.headers['docker-content-digest']);
  // Also for a failure: a HEAD has no room for its reason.
  return answer.status === 200 && said !== undefined ? said : (await fetchManifest(exchange, target, signal)).digest;
}

export interface ManifestTarget {
  /** Of the repository, within the registry. */
  readonly path: string;
  readonly reference: string;
}

/**
 * Fetches a manifest by tag or digest. Its bytes have the digest that was asked for, and the one that the registry states. Throws
 * `OciError`, or the signal's reason.
 */
export async function fetchManifest(exchange: Exchange, target: ManifestTarget, signal: AbortSignal): Promise<FetchedManifest> {
  const answer = await ask(exchange, { ...target, method: 'GET' }, signal);
  if (answer.status !== 200) throw await failureOf(answer, 'GET');
  const bytes = await answer.bytes().catch((error: unknown) => {
    throw ociErrorOf(error);
  });
  const said = statedDigest(answer.headers['docker-content-digest']);
  const asked = isDigest(target.reference) ? target.reference : undefined;
  for (const expected of [asked, said]) {
    if (expected !== undefined && digestOf(bytes, expected) !== expected)
      throw new OciError('digest-mismatch', `the manifest '${target.reference}' is not what its digest '${expected}' says`);
  }
  const [mediaType = ''] = (answer.headers['content-type'] ?? '').split(';');
  return { digest: asked ?? said ?? digestOf(bytes), mediaType: mediaType.trim().toLowerCase(), bytes };
}

async function ask(
  exchange: Exchange,
  { path, reference, method }: ManifestTarget & { readonly method: 'GET' | 'HEAD' },
  signal: AbortSignal,
) {
  if (!isTag(reference) && !isDigest(reference))
    throw new OciError('invalid', `${JSON.stringify(reference.slice(0, 160))} is neither a tag nor a digest`);
  return await exchange.request(`/v2/${path}/manifests/${reference}`, {
    method,
    headers: { accept: ACCEPT },
    signal,
    maxBytes: MAX_MANIFEST_BYTES,
    redirects: MAX_REDIRECTS,
  });
}

function statedDigest(header: string | readonly string[] | undefined): Digest | undefined {
  if (header === undefined || header === '') return undefined;
  const text = String(header);
  if (!isDigest(text)) throw new OciError('hostile', `the registry states ${JSON.stringify(text.slice(0, 160))} as digest, which is none`);
  return text;
}
