import type { Descriptor } from '../manifest.ts';

export interface ReadOptions {
  /** More bytes than that are not read: the source throws. */
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/**
 * The repository the artifact is in, as verification sees it: three questions, each with a limit and a signal. Answers are not believed:
 * whatever was asked for by digest is hashed again here.
 */
export interface SignatureSource {
  /**
   * The bytes of the manifest under a tag or a digest, exactly as served; undefined if the registry has none (404). Other failures throw.
   */
  manifest(reference: string, options: ReadOptions): Promise<Uint8Array | undefined>;
  /**
   * What refers to a digest, by the referrers API or, where the registry lacks it, by the tag `<algorithm>-<hex>`. Nothing is an empty
   * list.
   */
  referrers(digest: string, options: ReadOptions): Promise<readonly Descriptor[]>;
  /** The bytes of a blob. */
  blob(descriptor: Descriptor, options: ReadOptions): Promise<Uint8Array>;
}

/** The artifact whose signatures are asked for: resolved once, and pulled by this very digest afterwards. */
export interface Subject {
  /** `<registry>[:port]/<repository>@<digest>`: what trust policies match and messages name. */
  readonly name: string;
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of the manifest. */
  readonly size: number;
}

/** One thing in the registry that claims to be a signature of the subject. Hostile until proven otherwise. */
export interface Claim {
  readonly format: 'sigstore-bundle' | 'simple-signing' | 'notation';
  /** Of the layer that holds it. */
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Uint8Array;
  /** Of the layer that holds it: where cosign before version 3 kept the signature. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** All claims about a subject, and what was left out. Plain data: it crosses to a worker thread as it is. */
export interface Evidence {
  readonly subject: Subject;
  readonly claims: readonly Claim[];
  /** Sentences about what could not be read as a claim. */
  readonly passedOver: readonly string[];
}
