import { posix } from 'node:path';
import type { FileTree } from '@gotk/kustomize';
import { formatOf, parseSopsDocuments } from '@gotk/sops';
import { decrypting, isMarked, openFile } from './encrypted-bytes.ts';
import { encryptedSources, type SourceFile } from './encrypted-sources.ts';
import { isExempt } from './exempt.ts';
import type { KeyRing } from './key-ring.ts';

/**
 * A tree whose files are decrypted as they are read, in memory alone: manifests, and what a kustomization that was read before names as
 * the source of a Secret or as a patch. Files that only become ConfigMaps stay as they are. Its `read` throws `BuildError`.
 */
export function decryptingTree(tree: FileTree, ring: KeyRing): FileTree {
  const sources = new Map<string, SourceFile>();
  const opened = new Map<string, Uint8Array>();
  const open = (path: string, bytes: Uint8Array): Uint8Array => {
    const source = sources.get(path);
    if (source?.use === 'config') return bytes;
    if (source !== undefined) return openFile({ name: path, bytes, format: source.format }, ring);
    const format = formatOf(path);
    return (format === 'yaml' || format === 'json') && isMarked(bytes, format) ? openManifests(path, bytes, format) : bytes;
  };
  const openManifests = (path: string, bytes: Uint8Array, format: 'yaml' | 'json') =>
    decrypting(path, () => {
      const documents = parseSopsDocuments(bytes, { format, isExempt });
      const keys = new Map(documents.metadata.map((metadata) => [metadata, ring.keyFor(metadata, path)]));
      if (keys.size === 0 || [...keys.values()].includes(undefined)) return bytes;
      return documents.decrypt((metadata) => keys.get(metadata) ?? new Uint8Array());
    });
  return {
    ...tree,
    list: (path) => tree.list(path),
    read(path) {
      const before = opened.get(path);
      if (before !== undefined) return before;
      const bytes = tree.read(path);
      if (bytes === undefined) return undefined;
      if (KUSTOMIZATIONS.has(posix.basename(path))) {
        for (const [file, source] of encryptedSources(bytes, posix.dirname(path))) if (!sources.has(file)) sources.set(file, source);
        return bytes;
      }
      const content = open(path, bytes);
      opened.set(path, content);
      return content;
    },
  };
}

const KUSTOMIZATIONS: ReadonlySet<string> = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);
