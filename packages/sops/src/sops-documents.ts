import { readTree, type SopsFormat, writeTree } from './format/format.ts';
import { DEFAULT_LIMITS, type SopsLimits } from './limits.ts';
import { ENTRY, extractMetadata } from './metadata/extract.ts';
import type { Metadata } from './metadata/metadata.ts';
import { type Decrypted, decryptedTree } from './sops-file.ts';
import { type Branch, entriesOf, type Node, type Tree } from './tree.ts';

/** Documents that were encrypted together, or one that was not. */
interface Part {
  readonly original: Tree;
  readonly encrypted: { readonly tree: Tree; readonly metadata: Metadata } | undefined;
}

export interface SopsDocuments {
  /** Of everything in it that is encrypted and not exempt. */
  readonly metadata: readonly Metadata[];
  /** The text of all documents, with each part decrypted by its key. Throws `SopsError`; nothing is given out before all of it is certain. */
  decrypt(dataKeyOf: (metadata: Metadata) => Uint8Array): Decrypted;
}

/** One of them as it stands in the file, readable or not. */
export interface SopsDocument {
  /** The text at a path of its keys. */
  textAt(...path: readonly string[]): string | undefined;
  /** All texts in it. */
  texts(): Iterable<string>;
}

export interface SopsDocumentsOptions {
  readonly format: SopsFormat & ('yaml' | 'json');
  /** Whether a document stays as it is. */
  readonly isExempt: (document: SopsDocument) => boolean;
  readonly limits?: SopsLimits;
}

/**
 * The documents of a file, which SOPS encrypted together, or somebody put together who had encrypted them one by one. Throws `SopsError`.
 */
export function parseSopsDocuments(bytes: Uint8Array, { format, isExempt, limits = DEFAULT_LIMITS }: SopsDocumentsOptions): SopsDocuments {
  const isLeft = (document: Branch): boolean => isExempt({ textAt: (...path) => textAt(document, path), texts: () => textsIn(document) });
  const parts = partsOf(readTree(bytes, format, limits)).map((original): Part => {
    const isEncrypted = original.every((document) => macOf(document) !== undefined) && !original.every(isLeft);
    return { original, encrypted: isEncrypted ? extractMetadata(original, 'entry', limits) : undefined };
  });
  return {
    metadata: parts.flatMap(({ encrypted }) => (encrypted === undefined ? [] : [encrypted.metadata])),
    decrypt(dataKeyOf) {
      const secrets: (readonly string[])[] = [];
      const documents = parts.flatMap(({ original, encrypted }): Tree => {
        if (encrypted === undefined) return original;
        const plain = decryptedTree(encrypted, dataKeyOf(encrypted.metadata));
        secrets.push(plain.secrets);
        return plain.tree.map((document, index) => {
          const before = original[index];
          return before !== undefined && isLeft(before) ? before : document;
        });
      });
      return { bytes: writeTree(documents, format), secrets: secrets.flat() };
    },
  };
}

/** Neighbours with the same integrity code belong together. */
function partsOf(tree: Tree): readonly Tree[] {
  const parts: { readonly code: string | undefined; readonly documents: Branch[] }[] = [];
  for (const document of tree) {
    const code = macOf(document);
    const last = parts.at(-1);
    if (last !== undefined && code !== undefined && last.code === code) last.documents.push(document);
    else parts.push({ code, documents: [document] });
  }
  return parts.map(({ documents }) => documents);
}

const macOf = (document: Branch): string | undefined => textAt(document, [ENTRY, 'mac']);

function textAt(document: Branch, path: readonly string[]): string | undefined {
  const at = path.reduce<Node | undefined>(
    (node, key) => (node?.kind === 'branch' ? entriesOf(node).find((entry) => entry.key === key)?.value : undefined),
    document,
  );
  return at?.kind === 'text' && at.bytes.length > 0 ? at.bytes.toString('utf8') : undefined;
}

function* textsIn(node: Node): Generator<string> {
  if (node.kind === 'text') yield node.bytes.toString('utf8');
  else if (node.kind === 'list') for (const item of node.items) yield* textsIn(item);
  else if (node.kind === 'branch') for (const { value } of entriesOf(node)) yield* textsIn(value);
}
