import { expect, test } from 'vitest';
import { reprintedFoldedText } from './folded-text.ts';

// The expected texts are what kustomize 5.8.2 prints for them.
test.each([
  ['before an indented line there is a break more', 'first\n  second\nthird\n', 'first\n\n  second\nthird\n'],
  ['empty lines before it, one more', 'first\n\n  second\n', 'first\n\n\n  second\n'],
  ['at the end, where they are kept', 'one\n\n', 'one\n\n\n'],
  ['in a text that begins indented, lines run into each other', '  first\nsecond\nthird\n', '  first\nsecond third\n'],
  ['lines that are not indented stay', 'first\nsecond\n\nthird\n', 'first\nsecond\n\nthird\n'],
  ['a break at the end stays', 'one\n', 'one\n'],
  ['what has a blank at the end of a line is printed in quotes', 'first \n  second\n', 'first \n  second\n'],
  ['breaks alone stay', '\n\n', '\n\n'],
  ['nothing', '', ''],
])('%s', (_, text, expected) => {
  expect(reprintedFoldedText(text)).toBe(expected);
});
