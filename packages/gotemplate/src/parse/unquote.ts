import { fromBytes, toBytes } from '../value/bytes.ts';

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' };
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** One character or single of a literal; undefined if it is none that Go has. */
interface Unquoted {
  readonly character: string;
  /** Its number: of a character, or of a byte. */
  readonly code: number;
  readonly isByte: boolean;
  readonly length: number;
}

/** The text of a Go string literal with its quotes; undefined if it is none. */
export function unquote(literal: string): string | undefined {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body.replaceAll('\r', '');
  if (!body.includes('\\')) return body.includes('\n') || body.includes('"') ? undefined : body;
  let text = '';
  let hasBytes = false;
  for (let at = 0; at < body.length; ) {
    const next = unquoteOne(body, { at, mark: '"' });
    if (next === undefined || (next.length === 1 && next.character === '\n')) return undefined;
    text += next.character;
    hasBytes ||= next.isByte;
    at += next.length;
  }
  // Escapes may spell out the bytes of one character.
  return hasBytes ? fromBytes(toBytes(text)) : text;
}

/** The number of the character in a Go character literal with its quotes; undefined if it is none. */
export function unquoteCharacter(literal: string): { readonly code: number; readonly rest: string } | undefined {
  const one = unquoteOne(literal, { at: 1, mark: "'" });
  return one && { code: one.code, rest: literal.slice(1 + one.length) };
}

function unquoteOne(text: string, { at, mark }: { readonly at: number; readonly mark: string }): Unquoted | undefined {
  const first = String.fromCodePoint(text.codePointAt(at) ?? 0);
  if (at >= text.length || first === mark) return undefined;
  if (first !== '\\') return { character: first, code: codeOf(first), isByte: false, length: first.length };
  const sign = text.charAt(at + 1);
  const single = sign === mark ? mark : ESCAPES[sign];
  if (single !== undefined && sign !== '') return { character: single, code: codeOf(single), isByte: false, length: 2 };
  const digits = HEX_DIGITS[sign];
  if (digits !== undefined) {
    const hex = text.slice(at + 2, at + 2 + digits);
    if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex)) return undefined;
    const code = Number.parseInt(hex, 16);
    if (sign === 'x') return byte(code, 4);
    return code > 0x10ffff || (code >= 0xd800 && code < 0xe000)
      ? undefined
      : { character: String.fromCodePoint(code), code, isByte: false, length: 2 + digits };
  }
  const octal = /^[0-7]{3}/.exec(text.slice(at + 1, at + 4))?.[0];
  const code = octal === undefined ? 256 : Number.parseInt(octal, 8);
  return code > 255 ? undefined : byte(code, 4);
}

const codeOf = (character: string): number => (character.isWellFormed() ? (character.codePointAt(0) ?? 0) : 0xfffd);

function byte(code: number, length: number): Unquoted {
  return { character: String.fromCharCode(code < 0x80 ? code : 0xdc00 | code), code, isByte: code >= 0x80, length };
}
