import { TemplateError } from '../template-error.ts';
import { describe, type Token, type TokenKind } from './token.ts';

const END: Token = { kind: 'eof', text: 'EOF', at: 0, line: 1 };

/** The tokens of a text, read one after the other with a few steps back, and the errors that name a line of it. */
export class TokenStream {
  /** The line of the action that is being read; 0 outside of actions. */
  actionLine = 0;
  readonly #tokens: readonly Token[];
  readonly #name: string;
  #next = 0;
  /** How far was looked ahead: errors are in the line of the last token that was looked at. */
  #furthest = 0;

  constructor(name: string, tokens: readonly Token[]) {
    this.#name = name;
    this.#tokens = tokens;
  }

  peek(): Token {
    this.#furthest = Math.max(this.#furthest, this.#next);
    return this.#tokens[this.#next] ?? this.#tokens.at(-1) ?? END;
  }

  next(): Token {
    const token = this.peek();
    this.#next += 1;
    return token;
  }

  nextNonSpace(): Token {
    let token = this.next();
    while (token.kind === 'space') token = this.next();
    return token;
  }

  peekNonSpace(): Token {
    const token = this.nextNonSpace();
    this.#next -= 1;
    return token;
  }

  /** Where the next token is, to come back to. */
  get place(): number {
    return this.#next;
  }

  backTo(place: number): void {
    this.#next = place;
  }

  expect(kinds: readonly TokenKind[], context: string): Token {
    const token = this.nextNonSpace();
    return kinds.includes(token.kind) ? token : this.unexpected(token, context);
  }

  unexpected(token: Token, context: string): never {
    if (token.kind !== 'error') return this.fail(`unexpected ${describe(token)} in ${context}`);
    let where = '';
    if (this.actionLine !== 0 && this.actionLine !== token.line) {
      where = `${token.text.endsWith(' action') ? '' : ' in action'} started at ${this.#name}:${this.actionLine}`;
    }
    return this.fail(token.text + where);
  }

  /** The line that errors name from here on, until another token is looked at. */
  get line(): number {
    return (this.#tokens[this.#furthest] ?? this.#tokens.at(-1) ?? END).line;
  }

  fail(message: string, { kind = 'parse', line = this.line }: { readonly kind?: 'parse' | 'limit'; readonly line?: number } = {}): never {
    throw new TemplateError(`template: ${this.#name}:${line}: ${message}`, { kind });
  }
}
