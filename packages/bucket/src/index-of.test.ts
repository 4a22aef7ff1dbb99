import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { pathOf, revisionOf } from './index-of.ts';

const sha256 = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

test('a revision is the digest of keys and etags, in the order of the keys’ bytes, whatever the order of the listing', () => {
  const expected = sha256('Z 3\na/b 1\nä 4\n\u{10000} 5\n');
  const entries = [
    ['\u{10000}', '5'],
    ['ä', '4'],
    ['a/b', '1'],
    ['Z', '3'],
  ] as const;
  expect(revisionOf(new Map(entries))).toBe(expected);
  expect(revisionOf(new Map([...entries].reverse()))).toBe(expected);
});

test('the revision of nothing is the digest of nothing', () => {
  expect(revisionOf(new Map())).toBe(sha256(''));
});

test.each([
  ['deploy/app.yaml', 'deploy/app.yaml'],
  ['/deploy//app.yaml', 'deploy/app.yaml'],
  ['./a/./b', 'a/b'],
  ['..a/b..', '..a/b..'],
])('the key %j stands for the path %j', (key, path) => {
  expect(pathOf(key)).toBe(path);
});

test.each(['..', '../../etc/passwd', 'a/../../b', 'a/..', '/', '', 'a\\..\\b', 'a\0b', 'a\nb', `${'x/'.repeat(100)}y`, 'x'.repeat(256)])(
  'the key %j is no path',
  (key) => {
    expect(() => pathOf(key)).toThrow(expect.objectContaining({ name: 'BucketError', kind: 'hostile' }));
  },
);
