import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ArtifactError } from './artifact-error.ts';

/** Digests a consumer takes: those that nobody can forge, and sha1 for old producers. */
const KNOWN: ReadonlySet<string> = new Set(['sha1', 'sha256', 'sha384', 'sha512']);

export interface Digest {
  readonly algorithm: string;
  readonly hex: string;
}

/** Parses `<algorithm>:<hex>`. Throws `ArtifactError`: a digest also names files, so nothing else may pass for one. */
export function parseDigest(text: string): Digest {
  const match = /^([a-z0-9]+):([0-9a-f]{40,128})$/.exec(text);
  const [, algorithm = '', hex = ''] = match ?? [];
  if (!KNOWN.has(algorithm)) throw new ArtifactError('digest-mismatch', `'${text.slice(0, 160)}' is not a digest that can be verified`);
  return { algorithm, hex };
}

/** Whether the content of a file has this digest. False for a file that is not there. */
export async function hasDigest(file: string, digest: string): Promise<boolean> {
  const { algorithm, hex } = parseDigest(digest);
  const hash = createHash(algorithm);
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  return hash.digest('hex') === hex;
}
