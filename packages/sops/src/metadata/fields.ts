import { SopsError } from '../sops-error.ts';
import { type Branch, isComment, type Node } from '../tree.ts';

/** The fields of an entry of the metadata, which may be text where the format knows nothing else. What is not there is empty. */
export class Fields {
  readonly #values = new Map<string, Node>();
  readonly #path: string;

  constructor({ items }: Branch, path: string) {
    this.#path = path;
    for (const item of items) if (!isComment(item)) this.#values.set(item.key, item.value);
  }

  text(name: string): string {
    const value = this.#value(name);
    switch (value.kind) {
      case 'null':
        return '';
      case 'text':
        return value.bytes.toString('utf8');
      case 'int':
      case 'float':
        return String(value.value);
      case 'bool':
        return value.value ? '1' : '0';
      default:
        throw this.#wrong(name, 'text');
    }
  }

  integer(name: string): number {
    const text = this.text(name);
    if (!/^\d{0,6}$/.test(text)) throw this.#wrong(name, 'a whole number');
    return Number(text);
  }

  flag(name: string): boolean {
    const text = this.text(name);
    if (['', '0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false;
    if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
    throw this.#wrong(name, 'true or false');
  }

  /** Entries of a list; one alone need not be in one. */
  entries(name: string): readonly Fields[] {
    const value = this.#value(name);
    if (value.kind === 'null') return [];
    if (value.kind === 'branch') return value.items.length === 0 ? [] : [new Fields(value, `${this.#path}.${name}`)];
    if (value.kind !== 'list') throw this.#wrong(name, 'a list');
    return value.items
      .filter(({ kind }) => kind !== 'comment')
      .map((item, index) => {
        if (item.kind !== 'branch') throw this.#wrong(`${name}.${index}`, 'a mapping');
        return new Fields(item, `${this.#path}.${name}.${index}`);
      });
  }

  /** Texts by their names. */
  texts(name: string): Readonly<Record<string, string>> {
    const value = this.#value(name);
    if (value.kind === 'null') return {};
    if (value.kind !== 'branch') throw this.#wrong(name, 'a mapping');
    const inner = new Fields(value, `${this.#path}.${name}`);
    return Object.fromEntries([...inner.#values.keys()].map((key) => [key, inner.text(key)]));
  }

  #value(name: string): Node {
    return this.#values.get(name) ?? { kind: 'null' };
  }

  #wrong(name: string, expected: string): SopsError {
    return new SopsError('malformed', `'${this.#path}.${name}' is not ${expected}`);
  }
}
