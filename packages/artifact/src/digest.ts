import { open } from 'node:fs/promises';
import { ArtifactError } from './artifact-error.ts';
import { createHasher, type DigestAlgorithm, isDigestAlgorithm } from './hasher.ts';

export interface Digest {
  readonly algorithm: DigestAlgorithm;
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
  return isDigestAlgorithm(algorithm) ? { algorithm, hex } : undefined;
}

/** What reading says where there is no file. */
const NO_FILE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

/**
 * Whether the content of a file has this digest. False where no file is, and for a digest that cannot be verified: another program may have
 * written it.
 */
export async function hasDigest(file: string, digest: string): Promise<boolean> {
  const known = digestIn(digest);
  if (known === undefined) return false;
  try {
    return (await digestOf(file, known.algorithm)) === digest;
  } catch (error) {
    if (NO_FILE.has((error as NodeJS.ErrnoException).code)) return false;
    throw error;
  }
}

/** `<algorithm>:<hex>` of a file's content. */
export async function digestOf(file: string, algorithm: DigestAlgorithm): Promise<string> {
  const hasher = createHasher(algorithm);
  await using opened = await open(file);
  // One buffer for all of it: a thousand of them would wait for the garbage collector, outside of the heap that it counts.
  const buffer = Buffer.allocUnsafeSlow(256 * 1024);
  for (;;) {
    const { bytesRead } = await opened.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) break;
    hasher.update(buffer.subarray(0, bytesRead));
  }
  return `${algorithm}:${hasher.hex()}`;
}
