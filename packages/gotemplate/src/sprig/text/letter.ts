import { isStrayByte } from '../../value/bytes.ts';

// Go maps characters one by one, and to one: where Unicode's full mapping makes two of one, the simple mapping counts, which JavaScript does not have.

/** Digraphs have three forms, of which the one in the middle begins a word. */
const TITLE: ReadonlyMap<string, string> = new Map(
  ['Ǆǅǆ', 'Ǉǈǉ', 'Ǌǋǌ', 'Ǳǲǳ'].flatMap((forms) => Array.from(forms, (form) => [form, forms.charAt(1)])),
);

export function upperOf(character: string): string {
  const large = character.toUpperCase();
  if (large.length === character.length) return large;
  const code = character.charCodeAt(0);
  // Greek vowels with a subscript iota have one large letter, which is written as two where there is room.
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCharCode(code | 8);
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCharCode(code + 9);
  return Array.from(large).length === 1 ? large : character;
}

export function lowerOf(character: string): string {
  const small = character.toLowerCase();
  return character === 'İ' ? 'i' : small;
}

/** Large, as the first letter of a word is: only the first half of a digraph. Georgian has no such letters. */
export function titleOf(character: string): string {
  return TITLE.get(character) ?? (/^[\u10d0-\u10ff]$/.test(character) ? character : upperOf(character));
}

export const isUpper = (character: string): boolean => /^\p{Lu}$/u.test(character);
export const isLower = (character: string): boolean => /^\p{Ll}$/u.test(character);
export const isTitle = (character: string): boolean => /^\p{Lt}$/u.test(character);
export const isLetter = (character: string): boolean => /^\p{L}$/u.test(character);
export const isNumber = (character: string): boolean => /^\p{N}$/u.test(character);
export const isPunctuation = (character: string): boolean => /^\p{P}$/u.test(character);
export const isSpace = (character: string): boolean => /^\p{White_Space}$/u.test(character);

/** Every character by itself; a byte that is none becomes U+FFFD, as wherever Go goes through characters. */
export function mapped(text: string, map: (character: string) => string): string {
  let made = '';
  for (const character of text) made += map(isStrayByte(character) ? '\ufffd' : character);
  return made;
}
