import { type Digest, hexOf } from '../digest.ts';
import { type Descriptor, parseManifest } from '../manifest.ts';
import { OciError } from '../oci-error.ts';
import type { Exchange } from './exchange.ts';
import { fetchManifest } from './manifests.ts';
import { pagesOf } from './pages.ts';

const MAX_REFERRERS = 1_000;

/**
 * The tag under which those keep referrers who write to a registry without a list of them. It cuts long digests off: distribution
 * specification, "Referrers Tag Schema".
 */
const referrersTag = (digest: Digest): string => `${digest.slice(0, digest.indexOf(':'))}-${hexOf(digest).slice(0, 64)}`;

/**
 * What is attached to a manifest, as signatures are: the registry's list, or the one under the tag that stands in for it. None is no
 * failure. Throws `OciError`, or the signal's reason.
 */
export async function listReferrers(
  exchange: Exchange,
  { path, digest }: { readonly path: string; readonly digest: Digest },
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  return (await fromList(exchange, `/v2/${path}/referrers/${digest}`, signal)) ?? (await underTag(exchange, { path, digest }, signal));
}

/** Undefined when the registry has no such list. */
async function fromList(exchange: Exchange, first: string, signal: AbortSignal): Promise<readonly Descriptor[] | undefined> {
  const found: Descriptor[] = [];
  try {
    for await (const bytes of pagesOf(exchange, first, { signal, headers: { accept: INDEX } })) {
      found.push(...referrersIn(bytes, INDEX));
      if (found.length > MAX_REFERRERS) throw new OciError('too-large', `the manifest has more than ${MAX_REFERRERS} referrers`);
    }
  } catch (error) {
    if (error instanceof OciError && (error.kind === 'not-found' || error.kind === 'protocol')) return undefined;
    throw error;
  }
  return found;
}

const INDEX = 'application/vnd.oci.image.index.v1+json';

async function underTag(
  exchange: Exchange,
  { path, digest }: { readonly path: string; readonly digest: Digest },
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  try {
    const { bytes, mediaType } = await fetchManifest(exchange, { path, reference: referrersTag(digest) }, signal);
    return referrersIn(bytes, mediaType).slice(0, MAX_REFERRERS);
  } catch (error) {
    if (error instanceof OciError && error.kind === 'not-found') return [];
    throw error;
  }
}

function referrersIn(bytes: Buffer, mediaType: string): readonly Descriptor[] {
  const document = parseManifest(bytes, mediaType);
  return document.kind === 'index' ? document.manifests : [];
}
