import { createHash } from 'node:crypto';
import { blake3 } from '@noble/hashes/blake3.js';

/** What artifacts can be digested with (`--artifact-digest-algo`), and what a consumer takes: sha1 is for old producers. */
export const DIGEST_ALGORITHMS = ['sha256', 'sha384', 'sha512', 'sha1', 'blake3'] as const;
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

export const isDigestAlgorithm = (name: string): name is DigestAlgorithm => (DIGEST_ALGORITHMS as readonly string[]).includes(name);

export interface Hasher {
  update(bytes: Uint8Array): unknown;
  /** Ends it. */
  hex(): string;
}

/** Node has all of them but BLAKE3. */
export function createHasher(algorithm: DigestAlgorithm): Hasher {
  if (algorithm === 'blake3') {
    const hash = blake3.create();
    return { update: (bytes) => hash.update(bytes), hex: () => Buffer.from(hash.digest()).toString('hex') };
  }
  const hash = createHash(algorithm);
  return { update: (bytes) => hash.update(bytes), hex: () => hash.digest('hex') };
}
