import { expect, test } from 'vitest';
import { htmlSafe } from './html-safe.ts';

test('what HTML or JavaScript would misunderstand is escaped, and means the same', () => {
  const text = 'a<b>&c\u2028\u2029é';
  expect(htmlSafe(JSON.stringify(text))).toBe(String.raw`"a\u003cb\u003e\u0026c\u2028\u2029é"`);
  expect(JSON.parse(htmlSafe(JSON.stringify(text)))).toBe(text);
});
