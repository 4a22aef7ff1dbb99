import type { Unstructured } from '@gotk/apimachinery';
import { type BuildTree, type Built, buildTree } from '../kustomization/build-tree.ts';
import { diskTree } from '../kustomization/disk-tree.ts';
import { decryptingTree } from './decrypting-tree.ts';
import { createKeyRing, type DataKeys, type Lock } from './key-ring.ts';
import { withOpenValues } from './secret-values.ts';

export interface BuildEncrypted extends BuildTree {
  readonly dataKeys: DataKeys;
}

/** Files whose data keys have to be had first. */
export interface Locked {
  readonly locks: readonly Lock[];
}

/**
 * Builds a directory whose files may be encrypted. As long as keys are missing it says which: it reads as far as it gets without them, so
 * that few rounds find all. Nothing is written anywhere. Throws `BuildError`.
 */
export function buildEncrypted({ dataKeys, ...options }: BuildEncrypted): Built | Locked {
  const ring = createKeyRing(dataKeys);
  const reading = {
    tree: decryptingTree(diskTree(options.directory), ring),
    opened: (object: Unstructured) => withOpenValues(object, ring),
  };
  try {
    const built = buildTree(options, reading);
    if (ring.missing.length === 0) return built;
  } catch (error) {
    // With ciphertext in the place of a file whatever else is wrong may be a consequence.
    if (ring.missing.length === 0) throw error;
  }
  return { locks: ring.missing };
}
