import { posix } from 'node:path';
import type { FileTree } from '@gotk/kustomize';
import { formatOf, parseSopsDocuments, type SopsDocument } from '@gotk/sops';
import { decrypting, isMarked, openFile } from './encrypted-bytes.ts';
import { encryptedSources, type SourceFile } from './encrypted-sources.ts';
import { isExempt, isOneOf, isReadable } from './exempt.ts';
import type { KeyRing } from './key-ring.ts';

/** What stays as it is, besides what says so itself. */
export interface LeftAsIs {
  /** Documents with one of these encrypted values. */
  readonly sealed: ReadonlySet<string>;
  /** All manifests that can be built so: to see what their kustomization makes of them. */
  readonly isSurvey: boolean;
}

/**
 * A tree whose files are decrypted as they are read, in memory alone: manifests, and what a kustomization that was read before names as
 * the source of a Secret or as a patch. Files that only become ConfigMaps stay as they are. Its `read` throws `BuildError`.
 */
export function decryptingTree(tree: FileTree, ring: KeyRing, { sealed, isSurvey }: LeftAsIs): FileTree {
  const sources = new Map<string, SourceFile>();
  const opened = new Map<string, Uint8Array>();
  const open = (path: string, bytes: Uint8Array): Uint8Array => {
    const source = sources.get(path);
    if (source?.use === 'config') return bytes;
    const format = source?.format ?? formatOf(path);
    const isManifest = source?.use !== 'secret' && (format === 'yaml' || format === 'json');
    if (isManifest && isMarked(bytes, format)) return openManifests({ path, bytes, format, isPatch: source !== undefined });
    return source === undefined ? bytes : openFile({ name: path, bytes, format }, ring);
  };
  const openManifests = ({ path, bytes, format, isPatch }: Manifests) =>
    decrypting(path, () => {
      const isLeft = (document: SopsDocument) =>
        !isPatch && (isExempt(document) || isOneOf(document, sealed) || (isSurvey && isReadable(document)));
      const documents = parseSopsDocuments(bytes, { format, isExempt: isLeft });
      const keys = new Map(documents.metadata.map((metadata) => [metadata, ring.keyFor(metadata, path)]));
      if (keys.size === 0 || [...keys.values()].includes(undefined)) return bytes;
      const { bytes: plain, secrets } = documents.decrypt((metadata) => keys.get(metadata) ?? new Uint8Array());
      ring.reveal(secrets);
      return plain;
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

interface Manifests {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly format: 'yaml' | 'json';
  /** It becomes part of others, and is nothing by itself. */
  readonly isPatch: boolean;
}

const KUSTOMIZATIONS: ReadonlySet<string> = new Set(['kustomization.yaml', 'kustomization.yml', 'Kustomization']);
