import { isStrayByte } from '../../value/bytes.ts';
import { isSpace, isUpper, lowerOf, upperOf } from './letter.ts';

export const isConnector = (character: string): boolean => character === '-' || character === '_' || isSpace(character);

/**
 * `some_words` as `SomeWords`, by the rules of xstrings: connectors are dropped between words, but for those at the ends and all but one of many; words that begin
 * with several large letters become small behind the first.
 */
export function pascalCase(text: string): string {
  const characters = Array.from(text, (character) => (isStrayByte(character) ? '\ufffd' : character));
  const start = characters.findIndex((character) => !isConnector(character));
  if (start === -1) return characters.join('') + (characters.at(-1) ?? '');
  const first = characters[start] ?? '';
  let made = characters.slice(0, start).join('');
  let current = upperOf(first);
  if (start === characters.length - 1) return made + current;
  let lowering = isUpper(first);
  for (const next of characters.slice(start + 1)) {
    const before = current;
    current = next;
    if (isConnector(before)) {
      if (isConnector(next)) made += before;
      else {
        lowering = isUpper(next);
        current = upperOf(next);
      }
      continue;
    }
    made += before;
    if (!lowering) continue;
    if (isUpper(next)) current = lowerOf(next);
    else lowering = false;
  }
  return made + current;
}
