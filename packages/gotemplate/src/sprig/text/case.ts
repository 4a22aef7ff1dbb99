import { isAscii } from '../../value/bytes.ts';
import type { GoFunction } from '../../value/model.ts';
import { STRING } from '../../value/type.ts';
import type { FunctionMap } from '../function-map.ts';
import { fixed, text } from '../signature.ts';
import { byteCharacters } from './byte-characters.ts';
import { isLetter, isLower, isNumber, isSpace, isTitle, isUpper, lowerOf, mapped, titleOf, upperOf } from './letter.ts';
import { pascalCase } from './pascal-case.ts';
import { separatedWords } from './separated-words.ts';

/** A function from a text to one that is about as long, which looks at each of its characters. */
const ofText = (change: (given: string) => string): GoFunction =>
  fixed([text], STRING, ([given], { make, spend }) => {
    make(given.length);
    spend(given.length / 8);
    return change(given);
  });

/** What ends a word for `title`: in ASCII all but letters, digits and `_`; beyond it, space. */
const separates = (character: string): boolean =>
  character < '\x80' ? !/\w/.test(character) : !isLetter(character) && !isNumber(character) && isSpace(character);

function titled(given: string): string {
  let before = ' ';
  return mapped(given, (character) => {
    const begins = separates(before);
    before = character;
    return begins ? titleOf(character) : character;
  });
}

function untitled(given: string): string {
  let begins = true;
  return mapped(given, (character) => {
    if (isSpace(character)) begins = true;
    else if (begins) {
      begins = false;
      return lowerOf(character);
    }
    return character;
  });
}

/** Small letters that begin a word become title case, which only digraphs have a form of their own for. */
function swapped(given: string): string {
  let begins = true;
  return mapped(given, (character) => {
    const [wasFirst, isLarge] = [begins, isUpper(character) || isTitle(character)];
    begins = isLarge || isLower(character) ? false : isSpace(character);
    if (isLarge) return lowerOf(character);
    if (!isLower(character)) return character;
    return wasFirst ? titleOf(character) : upperOf(character);
  });
}

/** The first character of each word, where every byte counts as a character of Latin-1. */
function initials(given: string): string {
  let made = '';
  let begins = true;
  for (const character of byteCharacters(given)) {
    const space = isSpace(character);
    if (begins && !space) made += character;
    begins = space;
  }
  return made;
}

/** Without white space. As soon as there is any, every other byte becomes a character of Latin-1. */
function withoutSpace(given: string): string {
  const bytes = byteCharacters(given);
  const kept = bytes.replaceAll(/[\t-\r \x85\xa0]/g, '');
  return kept.length === bytes.length ? given : kept;
}

export const CASE: FunctionMap = new Map([
  ['upper', ofText((given) => (isAscii(given) ? given.toUpperCase() : mapped(given, upperOf)))],
  ['lower', ofText((given) => (isAscii(given) ? given.toLowerCase() : mapped(given, lowerOf)))],
  ['title', ofText(titled)],
  ['untitle', ofText(untitled)],
  ['swapcase', ofText(swapped)],
  ['camelcase', ofText(pascalCase)],
  ['snakecase', ofText((given) => separatedWords(given, '_'))],
  ['kebabcase', ofText((given) => separatedWords(given, '-'))],
  ['initials', ofText(initials)],
  ['nospace', ofText(withoutSpace)],
]);
