import { quote } from '../../format/quote.ts';
import { toBytes } from '../../value/bytes.ts';
import { FunctionError } from '../../value/function.ts';
import type { CallContext, GoMap, GoValue } from '../../value/model.ts';

const MAX_DEPTH = 10_000;

export interface Decoded {
  readonly value: GoValue;
  /** Why something in it is nil that was a number; the rest is there. */
  readonly error?: FunctionError;
}

/** JSON as Go's `encoding/json` reads it: numbers are floats, of two members with one name the last one counts. Throws `FunctionError`, in Go's words. */
export function decodeJson(text: string, context: CallContext): Decoded {
  const decoder = new Decoder(text, context);
  const value = decoder.document();
  return decoder.error === undefined ? { value } : { value, error: decoder.error };
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;
const PLAIN_TEXT = /[ !#-[\]-\uffff]*/y;
const UNICODE = /[0-9a-fA-F]{4}/y;

const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

class Decoder {
  error: FunctionError | undefined;
  readonly #text: string;
  readonly #context: CallContext;
  #at = 0;
  #depth = 0;

  constructor(text: string, context: CallContext) {
    this.#text = text;
    this.#context = context;
  }

  document(): GoValue {
    const value = this.#value();
    this.#skipSpace();
    if (this.#at < this.#text.length) throw this.#unexpected('after top-level value');
    return value;
  }

  #value(): GoValue {
    this.#context.spend(1);
    this.#skipSpace();
    switch (this.#text[this.#at]) {
      case '{':
        return this.#within(() => this.#object());
      case '[':
        return this.#within(() => this.#array());
      case '"':
        return this.#string();
      case 't':
        return this.#literal('true', true);
      case 'f':
        return this.#literal('false', false);
      case 'n':
        return this.#literal('null', null);
      default:
        return this.#number();
    }
  }

  #within(read: () => GoValue): GoValue {
    this.#at += 1;
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new FunctionError('exceeded max depth');
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): GoMap {
    const map: GoMap = new Map();
    if (this.#takes('}')) return map;
    for (;;) {
      this.#skipSpace();
      if (this.#text[this.#at] !== '"') throw this.#unexpected('looking for beginning of object key string');
      const name = this.#string();
      if (!this.#takes(':')) throw this.#unexpected('after object key');
      map.set(name, this.#value());
      if (this.#takes('}')) return map;
      if (!this.#takes(',')) throw this.#unexpected('after object key:value pair');
    }
  }

  #array(): GoValue[] {
    const list: GoValue[] = [];
    if (this.#takes(']')) return list;
    for (;;) {
      list.push(this.#value());
      if (this.#takes(']')) return list;
      if (!this.#takes(',')) throw this.#unexpected('after array element');
    }
  }

  #string(): string {
    this.#at += 1;
    let content = '';
    for (;;) {
      const plain = this.#match(PLAIN_TEXT);
      this.#context.make(plain.length);
      content += plain.replaceAll(/[\ud800-\udfff]/gu, '\ufffd');
      const character = this.#text[this.#at];
      if (character === '"') break;
      if (character !== '\\') throw this.#unexpected('in string literal');
      this.#at += 1;
      content += this.#escape();
    }
    this.#at += 1;
    return content;
  }

  #escape(): string {
    const character = this.#text[this.#at] ?? '';
    const known = ESCAPED.get(character);
    if (known === undefined && character !== 'u') throw this.#unexpectedWithin('in string escape code');
    this.#at += 1;
    if (known !== undefined) return known;
    const unit = this.#unit();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    // Halves of a pair that are not together stand for nothing.
    const before = this.#at;
    if (unit < 0xdc00 && this.#text.startsWith('\\u', this.#at)) {
      this.#at += 2;
      const second = this.#unit();
      if (second >= 0xdc00 && second <= 0xdfff) return String.fromCharCode(unit, second);
      this.#at = before;
    }
    return '\ufffd';
  }

  #unit(): number {
    const digits = this.#match(UNICODE);
    if (digits !== '') return Number.parseInt(digits, 16);
    while (/[0-9a-fA-F]/.test(this.#text[this.#at] ?? '')) this.#at += 1;
    throw this.#unexpectedWithin('in \\u hexadecimal character escape');
  }

  #literal(word: string, value: boolean | null): boolean | null {
    for (const character of word) {
      if (this.#text[this.#at] !== character) throw this.#unexpectedWithin(`in literal ${word} (expecting ${quoted(character)})`);
      this.#at += 1;
    }
    return value;
  }

  #number(): number | null {
    const number = this.#match(NUMBER);
    if (number === '') {
      if (this.#text[this.#at] !== '-') throw this.#unexpected('looking for beginning of value');
      this.#at += 1;
      throw this.#unexpectedWithin('in numeric literal');
    }
    this.#refuseHalf(number);
    const value = Number(number);
    if (Number.isFinite(value)) return value;
    this.error ??= new FunctionError(`json: cannot unmarshal number ${number} into Go value of type float64`);
    return null;
  }

  /** A point or an exponent that no digit follows. */
  #refuseHalf(number: string): void {
    const behind = this.#text[this.#at];
    const hasExponent = /[eE]/.test(number);
    if (behind === '.' && !hasExponent && !number.includes('.')) {
      this.#at += 1;
      throw this.#unexpectedWithin('after decimal point in numeric literal');
    }
    if ((behind === 'e' || behind === 'E') && !hasExponent) {
      this.#at += /^[-+]$/.test(this.#text[this.#at + 1] ?? '') ? 2 : 1;
      throw this.#unexpectedWithin('in exponent of numeric literal');
    }
  }

  #takes(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    this.#match(SPACE);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  /** Within a word or a number, the end of the text is as good as a space. */
  #unexpectedWithin(where: string): FunctionError {
    return this.#at < this.#text.length ? this.#unexpected(where) : new FunctionError(`invalid character ' ' ${where}`);
  }

  #unexpected(where: string): FunctionError {
    if (this.#at >= this.#text.length) return new FunctionError('unexpected end of JSON input');
    const [byte = 0] = toBytes(String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0));
    return new FunctionError(`invalid character ${quoted(String.fromCharCode(byte))} ${where}`);
  }
}

function quoted(character: string): string {
  if (character === "'") return "'\\''";
  return character === '"' ? `'"'` : `'${quote(character).slice(1, -1)}'`;
}
