import type { Descriptor } from '../manifest.ts';
import { checkDigest, parseSignatureManifest, type SignatureManifest } from './manifest.ts';
import type { Claim, Evidence, SignatureSource, Subject } from './signature-source.ts';
import { ensure, Rejection, reasonOf } from './verdict.ts';

const MiB = 1024 * 1024;
/** A referrers index or a signature manifest: the distribution specification's own ceiling for manifests. */
const MAX_MANIFEST_BYTES = 4 * MiB;
/** One signature. A bundle carries the attested statement whole, and a provenance or an SBOM is large. */
const MAX_CLAIM_BYTES = 8 * MiB;
/** All signatures of one artifact together: who can push to a repository could otherwise fill our memory. */
const MAX_CLAIMS_BYTES = 32 * MiB;
/** More signatures than that are not looked at; upstream looks at 1000 (cosign) and 3 (notation). */
const MAX_CLAIMS = 100;

const BUNDLE_TYPE = 'application/vnd.dev.sigstore.bundle';
const SIMPLE_SIGNING_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const NOTATION_TYPE = 'application/vnd.cncf.notary.signature';
/** What a registry lists for a manifest whose own artifact type it did not understand. */
const SAYS_NOTHING = new Set<string | undefined>([undefined, '', 'application/vnd.oci.empty.v1+json']);

export interface FindOptions {
  readonly source: SignatureSource;
  readonly signal: AbortSignal;
}

/**
 * Fetches everything in the repository that claims to sign the subject for a provider: Sigstore bundles among the referrers and cosign's
 * `<digest>.sig` tag, or notation's signatures among the referrers. What is no signature is passed over, with a sentence.
 *
 * Throws what the source throws: an unreachable registry is no verdict.
 */
export async function findSignatures(subject: Subject, provider: 'cosign' | 'notation', options: FindOptions): Promise<Evidence> {
  const basket = new Basket(options);
  if (provider === 'notation') {
    await basket.addReferrers(subject, 'notation', NOTATION_TYPE);
  } else {
    await basket.addReferrers(subject, 'sigstore-bundle', BUNDLE_TYPE);
    await basket.addTagged(`${subject.digest.replace(':', '-')}.sig`);
  }
  return { subject, claims: basket.claims, passedOver: basket.passedOver };
}

class Basket {
  readonly claims: Claim[] = [];
  readonly passedOver: string[] = [];
  readonly #options: FindOptions;
  #bytes = 0;

  constructor(options: FindOptions) {
    this.#options = options;
  }

  async addReferrers(subject: Subject, format: Claim['format'], type: string): Promise<void> {
    const { source, signal } = this.#options;
    const listed = await source.referrers(subject.digest, { maxBytes: MAX_MANIFEST_BYTES, signal });
    const promising = listed.filter(({ artifactType }) => SAYS_NOTHING.has(artifactType) || artifactType?.startsWith(type));
    for (const { digest } of this.#atMost(promising)) {
      const manifest = await this.#manifest(digest, digest);
      const [layer, ...others] = manifest?.layers ?? [];
      if (manifest === undefined || layer === undefined) continue;
      if (format === 'sigstore-bundle' && !layer.mediaType.startsWith(BUNDLE_TYPE)) continue;
      if (format === 'notation' && manifest.artifactType !== NOTATION_TYPE) continue;
      if (others.length > 0) this.passedOver.push(`the signature manifest ${digest} has more than one layer`);
      else await this.#addLayer(format, layer);
    }
  }

  async addTagged(tag: string): Promise<void> {
    const manifest = await this.#manifest(tag, undefined);
    const layers = (manifest?.layers ?? []).filter(({ mediaType }) => mediaType === SIMPLE_SIGNING_TYPE);
    for (const layer of this.#atMost(layers)) await this.#addLayer('simple-signing', layer);
  }

  #atMost<T>(found: readonly T[]): readonly T[] {
    if (found.length > MAX_CLAIMS) this.passedOver.push(`only ${MAX_CLAIMS} of ${found.length} signatures were looked at`);
    return found.slice(0, MAX_CLAIMS);
  }

  async #manifest(reference: string, digest: string | undefined): Promise<SignatureManifest | undefined> {
    const { source, signal } = this.#options;
    const bytes = await source.manifest(reference, { maxBytes: MAX_MANIFEST_BYTES, signal });
    if (bytes === undefined) return undefined;
    return this.#unlessRejected(() => {
      if (digest !== undefined) checkDigest(bytes, digest);
      return parseSignatureManifest(bytes);
    });
  }

  async #addLayer(format: Claim['format'], layer: Descriptor): Promise<void> {
    const room = Math.min(MAX_CLAIM_BYTES, MAX_CLAIMS_BYTES - this.#bytes);
    // The size is the registry's word; the source counts what really comes.
    if (layer.size > room) {
      this.passedOver.push(`the signature ${layer.digest} is too large to be looked at`);
      return;
    }
    const { source, signal } = this.#options;
    const bytes = await source.blob(layer, { maxBytes: layer.size, signal });
    this.#bytes += bytes.byteLength;
    this.#unlessRejected(() => {
      checkDigest(bytes, layer.digest);
      ensure(bytes.byteLength === layer.size, `the signature ${layer.digest} is not as long as its descriptor says`);
      const { mediaType, digest, annotations } = layer;
      this.claims.push({ format, mediaType, digest, bytes, annotations });
    });
  }

  #unlessRejected<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (thrown) {
      if (!(thrown instanceof Rejection)) throw thrown;
      this.passedOver.push(reasonOf(thrown));
      return undefined;
    }
  }
}
