/**
 * A text without so many of a character as stand at its end. A regular expression for this takes the square of their number if something
 * follows them.
 */
export function withoutEnd(text: string, character: string): string {
  let end = text.length;
  while (text[end - 1] === character) end -= 1;
  return text.slice(0, end);
}
