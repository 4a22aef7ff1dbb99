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
  const digest = digestIn(text);
  if (digest === undefined) throw new ArtifactError('digest-mismatch', `'${text.slice(0, 160)}' is not a digest that can be verified`);
  return digest;
}

function digestIn(text: string): Digest | undefined {
  const [, algorithm = '', hex = ''] = /^([a-z0-9]+):([0-9a-f]{40,128})$/.exec(text) ?? [];
  return KNOWN.has(algorithm) ? { algorithm, hex } : undefined;
}

/** What reading says where there is no file. */
const NO_FILE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

/** Whether the content of a file has this digest. False where no file is, and for a digest that cannot be verified: another program may have written it. */
export async function hasDigest(file: string, digest: string): Promise<boolean> {
  const known = digestIn(digest);
  if (known === undefined) return false;
  const hash = createHash(known.algorithm);
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    if (NO_FILE.has((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
  return hash.digest('hex') === known.hex;
}
