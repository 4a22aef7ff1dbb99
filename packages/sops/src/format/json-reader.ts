import { isInt64 } from '../go-number.ts';
import { MAX_DEPTH } from '../limits.ts';
import { SopsError } from '../sops-error.ts';
import { type Branch, type Item, type Node, textLeaf } from '../tree.ts';
import { Budget } from './budget.ts';

/**
 * A JSON object with its keys in the order of the text and integers apart from other numbers, which `JSON.parse` keeps neither of. Throws
 * `SopsError`, also for a key that is there twice.
 */
export function readJson(text: string, maxNodes: number): Branch {
  const reader = new JsonReader(text, maxNodes);
  return reader.document();
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const SPACE = /[ \t\r\n]*/y;
const MAX_NUMBER = 1_000;

class JsonReader {
  readonly #text: string;
  readonly #budget: Budget;
  #at = 0;

  constructor(text: string, maxNodes: number) {
    this.#text = text;
    this.#budget = new Budget(maxNodes);
  }

  document(): Branch {
    this.#space();
    if (this.#text[this.#at] !== '{') throw new SopsError('malformed', 'a JSON file of SOPS is an object');
    const branch = this.#object(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#broken();
    return branch;
  }

  #value(depth: number): Node {
    this.#budget.spend();
    if (depth > MAX_DEPTH) throw new SopsError('too-large', `it is nested more deeply than ${MAX_DEPTH} levels`);
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object(depth);
      case '[':
        return this.#array(depth);
      case '"':
        return textLeaf(this.#string());
      case 't':
        return this.#word('true', { kind: 'bool', value: true });
      case 'f':
        return this.#word('false', { kind: 'bool', value: false });
      case 'n':
        return this.#word('null', { kind: 'null' });
      default:
        return this.#number();
    }
  }

  #object(depth: number): Branch {
    const items: Item[] = [];
    const keys = new Set<string>();
    this.#members('}', () => {
      const key = this.#text[this.#at] === '"' ? this.#string() : undefined;
      if (key === undefined) throw this.#broken();
      if (keys.has(key)) throw new SopsError('malformed', `it has the key '${key.slice(0, 100)}' twice in one object`);
      keys.add(key);
      this.#space();
      this.#expect(':');
      this.#space();
      items.push({ key, value: this.#value(depth + 1) });
    });
    return { kind: 'branch', items };
  }

  #array(depth: number): Node {
    const items: Node[] = [];
    this.#members(']', () => items.push(this.#value(depth + 1)));
    return { kind: 'list', items };
  }

  #members(end: '}' | ']', read: () => void): void {
    this.#at += 1;
    this.#space();
    if (this.#text[this.#at] === end) {
      this.#at += 1;
      return;
    }
    for (;;) {
      this.#space();
      read();
      this.#space();
      if (this.#text[this.#at] === end) break;
      this.#expect(',');
    }
    this.#at += 1;
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === '\\' ? 2 : 1;
    this.#at = end + 1;
    try {
      return String(JSON.parse(this.#text.slice(start, this.#at)));
    } catch {
      throw this.#broken();
    }
  }

  #number(): Node {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    if (text === undefined || text.length > MAX_NUMBER) throw this.#broken();
    this.#at += text.length;
    if (/^-?\d+$/.test(text) && isInt64(BigInt(text))) return { kind: 'int', value: BigInt(text) };
    const value = Number(text);
    if (!Number.isFinite(value)) throw this.#broken();
    return { kind: 'float', value };
  }

  #word(word: string, node: Node): Node {
    if (!this.#text.startsWith(word, this.#at)) throw this.#broken();
    this.#at += word.length;
    return node;
  }

  #expect(character: string): void {
    if (this.#text[this.#at] !== character) throw this.#broken();
    this.#at += 1;
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  #broken(): SopsError {
    return new SopsError('malformed', `it is not valid JSON at character ${this.#at + 1}`);
  }
}
