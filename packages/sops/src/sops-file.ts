import { timingSafeEqual } from 'node:crypto';
import { decryptTree } from './cipher/decrypt-tree.ts';
import { macBytes } from './cipher/mac-bytes.ts';
import { openSealed, parseSealed } from './cipher/sealed-value.ts';
import { placeOfMetadata, readTree, type SopsFormat, writeTree } from './format/format.ts';
import { DEFAULT_LIMITS, type SopsLimits } from './limits.ts';
import { extractMetadata } from './metadata/extract.ts';
import type { Metadata } from './metadata/metadata.ts';
import { SopsError } from './sops-error.ts';
import type { Tree } from './tree.ts';

/** An encrypted file that was read, and nothing of it decrypted. */
export interface SopsFile {
  readonly format: SopsFormat;
  readonly tree: Tree;
  readonly metadata: Metadata;
}

/** Reads a file that SOPS encrypted. Throws `SopsError`. */
export function parseSopsFile(bytes: Uint8Array, format: SopsFormat, limits: SopsLimits = DEFAULT_LIMITS): SopsFile {
  const { tree, metadata } = extractMetadata(readTree(bytes, format, limits), placeOfMetadata(format), limits);
  return { format, tree, metadata };
}

export interface Decrypted {
  readonly bytes: Buffer;
  /** The values that were encrypted, as text: what must not be shown. */
  readonly secrets: readonly string[];
}

/**
 * The file as `sops --decrypt` prints it, in its own format unless told otherwise. Nothing is given out before the integrity of the whole
 * file is certain. Throws `SopsError`.
 */
export function decryptSopsFile(file: SopsFile, dataKey: Uint8Array, output: SopsFormat = file.format): Decrypted {
  const { tree, secrets } = decryptedTree(file, dataKey);
  return { bytes: writeTree(tree, output), secrets };
}

/** The same before it is printed. */
export function decryptedTree(
  { tree, metadata }: Pick<SopsFile, 'tree' | 'metadata'>,
  dataKey: Uint8Array,
): { readonly tree: Tree; readonly secrets: readonly string[] } {
  const { selection, macOnlyEncrypted } = metadata;
  const decrypted = decryptTree(tree, { dataKey, selection, macOnlyEncrypted });
  const expected = expectedMac(metadata, dataKey);
  const actual = Buffer.from(decrypted.mac);
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual))
    throw new SopsError('tampered', 'failed to verify sops data integrity: it is not what was encrypted');
  return { tree: decrypted.tree, secrets: decrypted.secrets.map((leaf) => macBytes(leaf).toString('utf8')) };
}

function expectedMac({ mac, lastModified }: Metadata, dataKey: Uint8Array): Buffer {
  const sealed = parseSealed(mac);
  if (sealed === undefined) throw new SopsError('tampered', 'failed to verify sops data integrity: it has no integrity code');
  try {
    const opened = openSealed(sealed, dataKey, lastModified);
    if (opened.kind === 'text') return opened.bytes;
  } catch (error) {
    if (!(error instanceof SopsError)) throw error;
  }
  throw new SopsError('tampered', 'failed to verify sops data integrity: its integrity code is not that of this file');
}
