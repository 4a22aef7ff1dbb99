import { isPrintable } from '../format/printable.ts';
import { isStrayByte, toBytes } from '../value/bytes.ts';

const HTML: Readonly<Record<string, string>> = {
  '\0': '\ufffd',
  '"': '&#34;',
  "'": '&#39;',
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
};

export const escapeHtml = (text: string): string => text.replaceAll(/["'&<>\0]/g, (character) => HTML[character] ?? character);

const SCRIPT: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

/** For a string literal in JavaScript. */
export function escapeScript(text: string): string {
  let escaped = '';
  for (const character of text) {
    if (character < ' ') escaped += `\\u${hex(character.charCodeAt(0), 4)}`;
    else if (character < '\x80') escaped += SCRIPT[character] ?? character;
    else if (isStrayByte(character)) escaped += '\ufffd';
    else escaped += isPrintable(character) ? character : `\\u${hex(character.codePointAt(0) ?? 0, 4)}`;
  }
  return escaped;
}

/** For a value in the query of a URL. */
export function escapeQuery(text: string): string {
  let escaped = '';
  for (const byte of toBytes(text)) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9_.~-]/.test(character)) escaped += character;
    else escaped += byte === 0x20 ? '+' : `%${hex(byte, 2)}`;
  }
  return escaped;
}

const hex = (code: number, digits: number): string => code.toString(16).toUpperCase().padStart(digits, '0');
