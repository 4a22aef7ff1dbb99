import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointerToken, pointerTokens } from './json-pointer.ts';

test.each([
  ['', []],
  ['/', ['']],
  ['/a/b', ['a', 'b']],
  ['/a~1b/~01', ['a/b', '~1']],
])('the pointer %j has the tokens %j', (pointer, tokens) => {
  expect(pointerTokens(pointer)).toEqual(tokens);
});

test('every name comes back out of a pointer', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), (names) => {
      expect(pointerTokens(names.map((name) => `/${pointerToken(name)}`).join(''))).toEqual(names);
    }),
  );
});
