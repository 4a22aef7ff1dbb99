import { expect, test } from 'vitest';
import { digestOf, hexOf, parseDigest } from './digest.ts';

const SHA256 = `sha256:${'a0'.repeat(32)}`;

test.each([SHA256, `sha512:${'0f'.repeat(64)}`])('%s is a digest', (text) => {
  expect(parseDigest(text)).toBe(text);
  expect(hexOf(parseDigest(text))).toBe(text.split(':')[1]);
});

test.each([
  ['a path', 'sha256:../../../etc/passwd'],
  ['a path of the right length', `sha256:${'../'.repeat(21)}a`],
  ['upper case', SHA256.toUpperCase()],
  ['upper-case hex', `sha256:${'A0'.repeat(32)}`],
  ['one character less', SHA256.slice(0, -1)],
  ['one character more', `${SHA256}a`],
  ['the length of another algorithm', `sha512:${'a0'.repeat(32)}`],
  ['an algorithm that nobody knows', `sha999:${'a0'.repeat(32)}`],
  ['an algorithm that can be forged', `md5:${'a0'.repeat(16)}`],
  ['a property of every object', `constructor:${'a0'.repeat(32)}`],
  ['a line break at the end', `${SHA256}\n`],
  ['a blank', ` ${SHA256}`],
  ['nothing', ''],
])('%s is no digest (row 31)', (_what, text) => {
  expect(() => parseDigest(text)).toThrow(expect.objectContaining({ kind: 'invalid' }));
});

test('bytes have the digest that others compute', () => {
  const empty = 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  expect(digestOf(Buffer.alloc(0))).toBe(empty);
  expect(digestOf(Buffer.alloc(0), parseDigest(`sha512:${'0'.repeat(128)}`))).toMatch(/^sha512:cf83e1357eefb8bd/);
});
