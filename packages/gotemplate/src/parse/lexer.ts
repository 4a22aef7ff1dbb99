import { describeCharacter, quote } from '../format/quote.ts';
import { scanNumber } from './number-token.ts';
import { isSpace, isWordCharacter, Scanner } from './scanner.ts';
import { KEYWORDS, type Token, type TokenKind } from './token.ts';

export interface Delimiters {
  readonly left: string;
  readonly right: string;
}

interface LexerOptions {
  readonly delimiters: Delimiters;
  /** Names that are functions although they are words of the language: `break` and `continue` may be. */
  readonly isFunction: (name: string) => boolean;
}

const TERMINATORS: ReadonlySet<string> = new Set(['', '.', ',', '|', ':', ')', '(']);
const NEWLINE = 10;
const SINGLE: Readonly<Record<string, TokenKind>> = { '=': 'assign', '|': 'pipe' };

/** Splits a template into tokens, in time proportional to it. The last one is the end or an error: nothing behind an error is looked at. */
export function tokensOf(text: string, options: LexerOptions): readonly Token[] {
  const lexer = new Lexer(text, options);
  lexer.run();
  return lexer.tokens;
}

class Lexer {
  readonly tokens: Token[] = [];
  readonly #scan: Scanner;
  readonly #options: LexerOptions;
  /** Where the token that is being read begins, and its line. */
  #start = 0;
  #line = 1;
  #parens = 0;
  #failed = false;

  constructor(text: string, options: LexerOptions) {
    this.#scan = new Scanner(text);
    this.#options = options;
  }

  run(): void {
    while (!this.#failed && this.#text());
    if (!this.#failed) this.#emit('eof');
  }

  /** Text up to the next action, and that action; false at the end. */
  #text(): boolean {
    const scan = this.#scan;
    const { left } = this.#options.delimiters;
    const found = scan.text.indexOf(left, scan.at);
    const end = found < 0 ? scan.text.length : found;
    let textEnd = end;
    if (found >= 0 && trimsBefore(scan.text, end + left.length))
      while (textEnd > scan.at && isSpace(scan.text.charAt(textEnd - 1))) textEnd -= 1;
    scan.at = textEnd;
    if (textEnd > this.#start) this.#emit('text');
    scan.at = end;
    this.#skip();
    if (found < 0) return false;
    this.#leftDelimiter();
    return true;
  }

  #leftDelimiter(): void {
    const scan = this.#scan;
    const { left } = this.#options.delimiters;
    scan.at += left.length;
    const marker = trimsBefore(scan.text, scan.at) ? 2 : 0;
    if (scan.startsWith('/*', marker)) {
      scan.at += marker;
      this.#skip();
      this.#comment();
      return;
    }
    this.#emit('leftDelim');
    scan.at += marker;
    this.#skip();
    this.#parens = 0;
    while (!this.#failed && this.#insideAction());
  }

  #comment(): void {
    const scan = this.#scan;
    const end = scan.text.indexOf('*/', scan.at + 2);
    scan.at = end + 2;
    if (end < 0) this.#fail('unclosed comment');
    else if (!this.#atRightDelimiter()) this.#fail('comment ends before closing delimiter');
    else {
      this.#passRightDelimiter();
      this.#skip();
    }
  }

  #atRightDelimiter(): boolean {
    const { right } = this.#options.delimiters;
    return this.#scan.startsWith(right) || (trimsAfter(this.#scan.text, this.#scan.at) && this.#scan.startsWith(right, 2));
  }

  /** Passes over the delimiter, and says whether what follows is to be trimmed. */
  #passRightDelimiter(): void {
    const scan = this.#scan;
    const { right } = this.#options.delimiters;
    const trims = trimsAfter(scan.text, scan.at) && scan.startsWith(right, 2);
    if (trims) scan.at += 2;
    scan.at += right.length;
    if (trims) scan.acceptSpaces();
  }

  #rightDelimiter(): void {
    const scan = this.#scan;
    const { right } = this.#options.delimiters;
    const trims = trimsAfter(scan.text, scan.at) && scan.startsWith(right, 2);
    if (trims) {
      scan.at += 2;
      this.#skip();
    }
    scan.at += right.length;
    this.#emit('rightDelim');
    if (!trims) return;
    scan.acceptSpaces();
    this.#skip();
  }

  /** One token of an action; false once the action is over. */
  #insideAction(): boolean {
    if (this.#atRightDelimiter() && this.#parens === 0) {
      this.#rightDelimiter();
      return false;
    }
    const token = this.#operandOrSign();
    this.tokens.push(token);
    this.#failed = token.kind === 'error';
    return true;
  }

  #operandOrSign(): Token {
    const character = this.#scan.peek();
    if (this.#atRightDelimiter()) return this.#failure('unclosed left paren');
    if (character === '') return this.#failure('unclosed action');
    if (isSpace(character)) return this.#spaces();
    if (isWordCharacter(character) && !(character >= '0' && character <= '9')) return this.#word();
    this.#scan.next();
    return this.#sign(character);
  }

  #sign(character: string): Token {
    const scan = this.#scan;
    const single = SINGLE[character];
    if (single !== undefined) return this.#token(single);
    switch (character) {
      case ':':
        return scan.next() === '=' ? this.#token('declare') : this.#failure('expected :=');
      case '"':
        return this.#quoted({ mark: '"', kind: 'string', what: 'quoted string' });
      case "'":
        return this.#quoted({ mark: "'", kind: 'charConstant', what: 'character constant' });
      case '`':
        return this.#rawString();
      case '$':
        return this.#fieldOrVariable('variable');
      case '(':
        this.#parens += 1;
        return this.#token('leftParen');
      case ')':
        this.#parens -= 1;
        return this.#parens < 0 ? this.#failure('unexpected right paren') : this.#token('rightParen');
      case '.':
        if (!scan.atEnd && !/[0-9]/.test(scan.peek())) return this.#fieldOrVariable('field');
        return this.#number();
      default:
        if (/[-+0-9]/.test(character)) return this.#number();
        return /[ -~]/.test(character)
          ? this.#token('char')
          : this.#failure(`unrecognized character in action: ${describeCharacter(character)}`);
    }
  }

  /** A run of spaces, of which the last one may belong to a delimiter that trims. */
  #spaces(): Token {
    const scan = this.#scan;
    scan.acceptSpaces();
    if (trimsAfter(scan.text, scan.at - 1) && scan.startsWith(this.#options.delimiters.right, 1)) scan.at -= 1;
    return this.#token('space');
  }

  #word(): Token {
    const scan = this.#scan;
    scan.acceptWord();
    const word = scan.text.slice(this.#start, scan.at);
    if (!this.#atTerminator()) return this.#failure(`bad character ${describeCharacter(scan.peek())}`);
    if (word === 'true' || word === 'false') return this.#token('bool');
    const isFunction = (word === 'break' || word === 'continue') && this.#options.isFunction(word);
    return this.#token(KEYWORDS.has(word) && !isFunction ? (word as TokenKind) : 'identifier');
  }

  #fieldOrVariable(kind: 'field' | 'variable'): Token {
    const scan = this.#scan;
    if (this.#atTerminator()) return this.#token(kind === 'variable' ? 'variable' : 'dot');
    scan.acceptWord();
    if (!this.#atTerminator()) return this.#failure(`bad character ${describeCharacter(scan.peek())}`);
    return this.#token(kind);
  }

  #number(): Token {
    this.#scan.at = this.#start;
    const kind = scanNumber(this.#scan);
    if (kind === undefined) return this.#failure(`bad number syntax: ${quote(this.#scan.text.slice(this.#start, this.#scan.at))}`);
    return this.#token(kind);
  }

  #quoted({ mark, kind, what }: { readonly mark: string; readonly kind: TokenKind; readonly what: string }): Token {
    for (;;) {
      let character = this.#scan.next();
      if (character === mark) return this.#token(kind);
      const escaped = character === '\\';
      if (escaped) character = this.#scan.next();
      if (character === '' || character === '\n') return this.#failure(`unterminated ${what}`);
    }
  }

  #rawString(): Token {
    const end = this.#scan.text.indexOf('`', this.#scan.at);
    if (end < 0) return this.#failure('unterminated raw quoted string');
    this.#scan.at = end + 1;
    return this.#token('rawString');
  }

  /** Whether what stands here may follow a name. */
  #atTerminator(): boolean {
    const character = this.#scan.peek();
    return isSpace(character) || TERMINATORS.has(character) || this.#scan.startsWith(this.#options.delimiters.right);
  }

  #token(kind: TokenKind): Token {
    const text = this.#scan.text.slice(this.#start, this.#scan.at);
    const token = { kind, text: kind === 'eof' ? 'EOF' : text, at: this.#start, line: this.#line };
    this.#skip();
    return token;
  }

  #emit(kind: TokenKind): void {
    this.tokens.push(this.#token(kind));
  }

  #fail(message: string): void {
    this.tokens.push(this.#failure(message));
    this.#failed = true;
  }

  #failure(message: string): Token {
    return { kind: 'error', text: message, at: this.#start, line: this.#line };
  }

  #skip(): void {
    const { text, at } = this.#scan;
    for (let passed = this.#start; passed < at; passed += 1) if (text.charCodeAt(passed) === NEWLINE) this.#line += 1;
    this.#start = at;
  }
}

const trimsBefore = (text: string, at: number): boolean => text.charAt(at) === '-' && isSpace(text.charAt(at + 1));
const trimsAfter = (text: string, at: number): boolean => isSpace(text.charAt(at)) && text.charAt(at + 1) === '-';
