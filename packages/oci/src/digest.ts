import { createHash, type Hash } from 'node:crypto';
import { OciError } from './oci-error.ts';

declare const parsed: unique symbol;

/**
 * `sha256:<hex>` or `sha512:<hex>`, lower-case and of the right length: safe in paths and addresses. Only `parseDigest` and `digestOf` make
 * one.
 */
export type Digest = string & { readonly [parsed]: true };

/** The algorithms that the image specification registers and nobody can forge, and the length of what they give in hex. */
const HEX_LENGTH = new Map([
  ['sha256', 64],
  ['sha512', 128],
]);

/** Throws `OciError`, kind `invalid`, for anything that is not exactly a digest we can check. */
export function parseDigest(text: string): Digest {
  if (!isDigest(text)) throw new OciError('invalid', `${JSON.stringify(text.slice(0, 160))} is not a digest that can be verified`);
  return text;
}

export function isDigest(text: string): text is Digest {
  const [, algorithm = '', hex = ''] = /^([a-z0-9]{1,10}):([0-9a-f]{64,128})$/.exec(text) ?? [];
  return HEX_LENGTH.get(algorithm) === hex.length;
}

export const hexOf = (digest: Digest): string => digest.slice(digest.indexOf(':') + 1);

/** The digest of bytes, by the algorithm of another one; sha256 without one. */
export const digestOf = (bytes: Uint8Array, like?: Digest): Digest => finish(startHash(like).update(bytes), like);

/** A hash of what is about to arrive, to be `finish`ed. */
export const startHash = (like?: Digest): Hash => createHash(algorithmOf(like));

export const finish = (hash: Hash, like?: Digest): Digest => parseDigest(`${algorithmOf(like)}:${hash.digest('hex')}`);

const algorithmOf = (digest: Digest | undefined): string => (digest === undefined ? 'sha256' : digest.slice(0, digest.indexOf(':')));
