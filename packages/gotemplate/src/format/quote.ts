import { isStrayByte } from '../value/bytes.ts';
import { isPrintable } from './printable.ts';

const SHORT: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

const PLAIN = /^[ !#-[\]-~]*$/;

/** A text as a Go string literal; ASCII alone if asked. */
export function quote(text: string, { ascii = false }: { readonly ascii?: boolean } = {}): string {
  if (PLAIN.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const character of text)
    quoted += isStrayByte(character) ? byteEscape(character.charCodeAt(0) & 0xff) : escaped(character, { mark: '"', ascii });
  return `${quoted}"`;
}

/** A character, by its number, as a Go literal. */
export function quoteCharacter(code: number, { ascii = false }: { readonly ascii?: boolean } = {}): string {
  return `'${escaped(characterOf(code), { mark: "'", ascii })}'`;
}

/** The character of a number; U+FFFD if it has none. */
export function characterOf(code: number): string {
  return code < 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : String.fromCodePoint(code);
}

/** A text between backquotes; undefined if Go has no such literal for it. */
export function backquote(text: string): string | undefined {
  for (const character of text) {
    if (isStrayByte(character) || (character < ' ' && character !== '\t') || '`\x7f\ufeff'.includes(character)) return undefined;
  }
  return `\`${text}\``;
}

function escaped(character: string, { mark, ascii }: { readonly mark: string; readonly ascii: boolean }): string {
  if (character === mark || character === '\\') return `\\${character}`;
  if (isPrintable(character) && (!ascii || character < '\x7f')) return character;
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.isWellFormed() ? (character.codePointAt(0) ?? 0) : 0xfffd;
  if (code < 0x20 || code === 0x7f) return byteEscape(code);
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

const byteEscape = (byte: number): string => `\\x${hex(byte, 2)}`;
const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0');

/** A character as Go's `%#U` shows it: `U+0040 '@'`. */
export function describeCharacter(character: string): string {
  const code = character.isWellFormed() ? (character.codePointAt(0) ?? 0) : 0xfffd;
  const number = `U+${hex(code, 4).toUpperCase()}`;
  return isPrintable(character) ? `${number} '${character}'` : number;
}
