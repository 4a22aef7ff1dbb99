const NAME = /[\p{L}\p{Nd}_]+/uy;

/** What ends a piece of text within an expression, besides the next `${`. */
export interface TextEnd {
  readonly stops: readonly string[];
  /** Whether `\/` stands for a slash, `\\` for a backslash, and `$$` for a dollar sign. */
  readonly escapes: boolean;
}

/** A text and a place in it, which only moves on: whatever is read takes time in proportion to its length. */
export class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get at(): number {
    return this.#at;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The UTF-16 unit `ahead` of the place; empty behind the end. */
  peek(ahead = 0): string {
    return this.#text.charAt(this.#at + ahead);
  }

  /** Passes over `expected` if it stands here. */
  take(expected: string): boolean {
    if (!this.#text.startsWith(expected, this.#at)) return false;
    this.#at += expected.length;
    return true;
  }

  /** Passes over one sign as often as it stands here, up to `most` times; returns how often. */
  takeAll(sign: string, most = Number.POSITIVE_INFINITY): number {
    let count = 0;
    while (count < most && this.take(sign)) count += 1;
    return count;
  }

  /** Letters, digits and underscores of any alphabet; empty if none stands here. */
  name(): string {
    NAME.lastIndex = this.#at;
    const [name = ''] = NAME.exec(this.#text) ?? [];
    this.#at += name.length;
    return name;
  }

  /** Text outside of expressions, up to the next one: `$$` is a dollar sign that begins none. */
  outerText(): string {
    return this.text({ stops: [], escapes: true }, ['$']);
  }

  /** Text up to what ends it; empty if that stands here. */
  text({ stops, escapes }: TextEnd, escapable: readonly string[] = ['$', '\\']): string {
    let read = '';
    let from = this.#at;
    while (!this.atEnd && !stops.includes(this.peek()) && !this.opensExpression) {
      if (escapes && this.#isEscape(escapable)) {
        read += this.#text.slice(from, this.#at);
        from = this.#at + 1;
        this.#at += 2;
      } else this.#at += 1;
    }
    return read + this.#text.slice(from, this.#at);
  }

  get opensExpression(): boolean {
    return this.peek() === '$' && this.peek(1) === '{';
  }

  #isEscape(escapable: readonly string[]): boolean {
    const [sign, next] = [this.peek(), this.peek(1)];
    if (!escapable.includes(sign)) return false;
    return sign === '$' ? next === '$' : next === '/' || next === '\\';
  }
}
