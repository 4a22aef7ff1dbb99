import { createHash, type Hash } from 'node:crypto';
import { SopsError } from '../sops-error.ts';
import { type Branch, type Comment, comment, type Item, isComment, type Leaf, type Node, type Tree } from '../tree.ts';
import { macBytes } from './mac-bytes.ts';
import { openSealed, parseSealed } from './sealed-value.ts';
import { type Selection, type Selector, selector } from './selection.ts';

export interface DecryptTreeOptions {
  readonly dataKey: Uint8Array;
  readonly selection: Selection;
  readonly macOnlyEncrypted: boolean;
}

export interface DecryptedTree {
  readonly tree: Tree;
  /** Of all values in their order, in capital hexadecimal digits: nobody has compared it with anything yet. */
  readonly mac: string;
  /** Every value that was encrypted, comments apart. */
  readonly secrets: readonly Leaf[];
}

/** With which a code over encrypted values alone begins, so that it is never one over all of them: the SHA-256 of `sops`. */
const MAC_ONLY_ENCRYPTED = createHash('sha256').update('sops').digest();

/** Decrypts every value that is said to be. Throws `SopsError` with the path of the first one that cannot be. */
export function decryptTree(tree: Tree, { dataKey, selection, macOnlyEncrypted }: DecryptTreeOptions): DecryptedTree {
  const hash = createHash('sha512');
  if (macOnlyEncrypted) hash.update(MAC_ONLY_ENCRYPTED);
  const walk = new Walk({ dataKey, selector: selector(selection), macOnlyEncrypted, hash });
  const decrypted = tree.map((document) => walk.branch(document, [], false));
  return { tree: decrypted, mac: hash.digest('hex').toUpperCase(), secrets: walk.secrets };
}

interface WalkOptions {
  readonly dataKey: Uint8Array;
  readonly selector: Selector;
  readonly macOnlyEncrypted: boolean;
  readonly hash: Hash;
}

type Path = readonly string[];

class Walk {
  readonly secrets: Leaf[] = [];
  readonly #options: WalkOptions;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  branch({ items }: Branch, path: Path, isMarked: boolean): Branch {
    const marks = this.#marks(isMarked);
    const decrypted = items.map((item): Item => {
      if (isComment(item)) return this.#comment(item, path, marks.add(item));
      const { key, value } = item;
      return { key, value: this.#node(value, [...path, key], marks) };
    });
    return { kind: 'branch', items: decrypted };
  }

  /** Comments are about the value that follows them, and about each other. */
  #marks(isMarkedAbove: boolean): Marks {
    let isMarked = false;
    const { selector } = this.#options;
    return {
      add: ({ text }) => {
        const before = isMarkedAbove || isMarked;
        isMarked ||= selector.isMark(text);
        return before;
      },
      take: () => {
        const before = isMarkedAbove || isMarked;
        isMarked = false;
        return before;
      },
    };
  }

  #node(node: Node, path: Path, marks: Marks): Node {
    if (node.kind === 'comment') return this.#comment(node, path, marks.add(node));
    const isMarked = marks.take();
    switch (node.kind) {
      case 'null':
        return node;
      case 'branch':
        return this.branch(node, path, isMarked);
      case 'list': {
        const inner = this.#marks(isMarked);
        return { kind: 'list', items: node.items.map((item) => this.#node(item, path, inner)) };
      }
      default:
        return this.#leaf(node, path, isMarked);
    }
  }

  #leaf(leaf: Exclude<Leaf, Comment>, path: Path, isMarked: boolean): Leaf {
    const isEncrypted = this.#options.selector.isEncrypted({ path, isMarked });
    const value = isEncrypted ? this.#opened(leaf, path) : leaf;
    if (isEncrypted && value.kind !== 'comment') this.secrets.push(value);
    // What was encrypted as a comment of a list is one now.
    if (value.kind !== 'comment' && (isEncrypted || !this.#options.macOnlyEncrypted)) this.#options.hash.update(macBytes(value));
    return value;
  }

  #opened(leaf: Exclude<Leaf, Comment>, path: Path): Leaf {
    if (leaf.kind !== 'text') throw new SopsError('tampered', `${shown(path)} is not encrypted, and has to be`);
    // Nothing is not worth encrypting.
    if (leaf.bytes.length === 0) return leaf;
    const sealed = parseSealed(leaf.bytes.toString('utf8'));
    if (sealed === undefined) throw new SopsError('tampered', `${shown(path)} is not encrypted as SOPS does it`);
    try {
      return openSealed(sealed, this.#options.dataKey, placeOf(path));
    } catch (error) {
      if (error instanceof SopsError) throw new SopsError(error.kind, `failed to decrypt ${shown(path)}: ${error.message}`);
      throw error;
    }
  }

  /** Files of old versions have comments that were never encrypted. */
  #comment(own: Comment, path: Path, isMarked: boolean): Comment {
    if (!this.#options.selector.isEncrypted({ path, isMarked, comment: own.text })) return own;
    const sealed = parseSealed(own.text);
    if (sealed === undefined) return own;
    try {
      const opened = openSealed(sealed, this.#options.dataKey, placeOf(path));
      // SOPS forgets where a comment stood when it encrypts it.
      if (opened.kind === 'comment') return opened;
      if (opened.kind === 'text') return comment(opened.bytes.toString('utf8'), own);
    } catch (error) {
      if (!(error instanceof SopsError)) throw error;
    }
    return own;
  }
}

interface Marks {
  /** Whether a comment is below a mark. */
  add(comment: Comment): boolean;
  /** Whether a value is, which is the last one that they are about. */
  take(): boolean;
}

/** Each value is bound to all keys on the way to it. */
const MAX_PLACE = 16 * 1024;

function placeOf(path: Path): string {
  if (path.reduce((sum, key) => sum + key.length, 0) > MAX_PLACE)
    throw new SopsError('too-large', `the keys on the way to it are longer than ${MAX_PLACE} characters`);
  return `${path.join(':')}:`;
}

const MAX_SHOWN = 200;

/** Keys are readable in the file: they may be in a message, too. */
const shown = (path: Path): string => `'${path.join('.').slice(0, MAX_SHOWN)}'`;
