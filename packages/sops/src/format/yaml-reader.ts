import { InvalidYaml, readYamlNodes, type YamlMapping, type YamlNode } from '@gotk/apimachinery/yaml';
import { MAX_DEPTH } from '../limits.ts';
import { SopsError } from '../sops-error.ts';
import { type Comment, comment, type Item, type Node, type Tree } from '../tree.ts';
import { Budget } from './budget.ts';
import { leafOf } from './yaml-leaf.ts';

/**
 * The documents of a YAML file as SOPS sees them: comments are values of their own, aliases the values that they stand for. Throws
 * `SopsError`, also for keys that are no text or there twice.
 */
export function readYamlTree(text: string, maxNodes: number): Tree {
  const budget = new Budget(maxNodes);
  return nodesOf(text).map((node) => {
    if (node === undefined) return { kind: 'branch', items: [] };
    const root = new DocumentReader(budget).read(node);
    if (root.kind === 'null') return { kind: 'branch', items: [] };
    if (root.kind !== 'branch') throw new SopsError('malformed', 'a YAML document of SOPS is a mapping');
    return root;
  });
}

function nodesOf(text: string): readonly (YamlNode | undefined)[] {
  try {
    return readYamlNodes(text);
  } catch (error) {
    if (!(error instanceof InvalidYaml)) throw error;
    const place = error.at === undefined ? '' : ` at line ${error.at.line}, column ${error.at.column}`;
    throw new SopsError('malformed', `it is not valid YAML${place}`);
  }
}

class DocumentReader {
  readonly #budget: Budget;
  readonly #anchors = new Map<string, YamlNode>();
  /** What an alias is being followed into. */
  readonly #open = new Set<YamlNode>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  read(node: YamlNode): Node {
    return this.#value(node, { depth: 0, isCommented: false });
  }

  #value(node: YamlNode, { depth, isCommented }: { readonly depth: number; readonly isCommented: boolean }): Node {
    this.#budget.spend();
    if (depth > MAX_DEPTH) throw new SopsError('too-large', `it is nested more deeply than ${MAX_DEPTH} levels`);
    if (node.kind !== 'alias' && node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    const [above, below] = isCommented ? [[], []] : [[...headOf(node), ...lineOf(node)], footOf(node)];
    switch (node.kind) {
      case 'alias':
        return this.#followed(node.anchor, depth);
      case 'scalar':
        return leafOf(node);
      case 'mapping':
        return { kind: 'branch', items: [...above, ...this.#items(node, depth), ...below] };
      case 'sequence': {
        const items = node.items.flatMap((item) => [
          ...headOf(item),
          ...lineOf(item, { isInline: true }),
          this.#value(item, { depth: depth + 1, isCommented: true }),
          ...footOf(item),
        ]);
        return { kind: 'list', items: [...above, ...items, ...below] };
      }
    }
  }

  #items({ entries }: YamlMapping, depth: number): readonly Item[] {
    const keys = new Set<string>();
    return entries.flatMap(({ key, value }) => {
      const name = leafOf(key.kind === 'alias' ? (this.#anchors.get(key.anchor) ?? key) : key);
      if (name.kind !== 'text') throw new SopsError('malformed', 'a key is no text');
      const text = name.bytes.toString('utf8');
      if (keys.has(text)) throw new SopsError('malformed', `it has the key '${text.slice(0, 100)}' twice in one mapping`);
      keys.add(text);
      const isSimple = value.kind === 'scalar' || value.kind === 'alias';
      const item: Item = { key: text, value: this.#value(value, { depth: depth + 1, isCommented: isSimple }) };
      return [
        ...headOf(key),
        ...lineOf(key),
        ...(isSimple ? [...headOf(value), ...lineOf(value, { isInline: true })] : []),
        item,
        ...(isSimple ? footOf(value) : []),
        ...footOf(key),
      ];
    });
  }

  #followed(anchor: string, depth: number): Node {
    const target = this.#anchors.get(anchor);
    if (target === undefined) throw new SopsError('malformed', 'it has an alias of nothing');
    if (this.#open.has(target) || this.#open.size > MAX_DEPTH) throw new SopsError('malformed', 'an alias stands for what contains it');
    this.#open.add(target);
    const value = this.#value(target, { depth, isCommented: false });
    this.#open.delete(target);
    return value;
  }
}

const commentsIn = (lines: readonly string[], isInline: boolean): readonly Comment[] =>
  lines.filter((line) => line !== '').map((line) => comment(line.slice(1), { isInline }));

const headOf = ({ comments }: YamlNode) => commentsIn(comments?.head ?? [], false);
const footOf = ({ comments }: YamlNode) => commentsIn(comments?.foot ?? [], false);
const lineOf = ({ comments }: YamlNode, { isInline = false } = {}) => commentsIn([comments?.line ?? ''], isInline);
