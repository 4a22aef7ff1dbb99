import { createHash } from 'node:crypto';
import { BucketError } from './bucket-error.ts';

/** Which version of which object: what a bucket's revision says. */
export type BucketIndex = ReadonlyMap<string, string>;

/**
 * `sha256:<hex>` over the lines `<key> <etag>` in the order of the keys' bytes: equal to Flux's for the same listing, so that an artifact
 * of the one is no news to the other.
 */
export function revisionOf(index: BucketIndex): string {
  const lines = [...index].map(([key, etag]) => ({ key: Buffer.from(key), line: `${key} ${etag}\n` }));
  lines.sort((a, b) => Buffer.compare(a.key, b.key));
  const hash = createHash('sha256');
  for (const { line } of lines) hash.update(line);
  return `sha256:${hash.digest('hex')}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: NUL and its like are what the rule is about.
const UNNAMEABLE = /[\u0000-\u001f\\]/;
const MAX_KEY_BYTES = 1024;
const MAX_DEPTH = 64;

/**
 * The path that a key stands for, without empty parts. Throws `BucketError` for a key that leads out of the tree, or that no file can be
 * called.
 */
export function pathOf(key: string): string {
  const parts = key.split('/').filter((part) => part !== '' && part !== '.');
  const refused = parts.some((part) => part === '..' || UNNAMEABLE.test(part) || Buffer.byteLength(part) > 255);
  if (refused || parts.length === 0 || parts.length > MAX_DEPTH || Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new BucketError('hostile', `the bucket holds an object called ${JSON.stringify(key.slice(0, 80))}, which is no path: refused`);
  return parts.join('/');
}
