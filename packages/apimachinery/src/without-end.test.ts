import { expect, test } from 'vitest';
import { withoutEnd } from './without-end.ts';

test.each([
  ['https://host/path//', 'https://host/path'],
  ['/a//b', '/a//b'],
  ['///', ''],
  ['', ''],
])('%j ends where its slashes begin', (text, expected) => {
  expect(withoutEnd(text, '/')).toBe(expected);
});
