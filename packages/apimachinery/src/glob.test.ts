import { expect, test } from 'vitest';
import { startCpuTime } from './cpu-time.ts';
import { compileGlob, matchesWildcards } from './glob.ts';

// The table of Go's own tests for `path.Match`.
test.each([
  ['abc', 'abc', true],
  ['*', 'abc', true],
  ['*', '', true],
  ['*c', 'abc', true],
  ['a*', 'a', true],
  ['a*', 'abc', true],
  ['a*b*c*d*e*', 'axbxcxdxe', true],
  ['a*b*c*d*e*', 'axbxcxdxexxx', true],
  ['a*b?c*x', 'abxbbxdbxebxczzx', true],
  ['a*b?c*x', 'abxbbxdbxebxczzy', false],
  ['ab[c]', 'abc', true],
  ['ab[b-d]', 'abc', true],
  ['ab[e-g]', 'abc', false],
  ['ab[^c]', 'abc', false],
  ['ab[^b-d]', 'abc', false],
  ['ab[^e-g]', 'abc', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'ab', false],
  ['a?b', 'a☺b', true],
  ['a[^a]b', 'a☺b', true],
  ['a???b', 'a☺b', false],
  ['a[^a][^a][^a]b', 'a☺b', false],
  ['[a-ζ]*', 'α', true],
  ['*[a-ζ]', 'A', false],
  ['[\\]a]', ']', true],
  ['[\\-]', '-', true],
  ['[x\\-]', 'x', true],
  ['[x\\-]', '-', true],
  ['[x\\-]', 'z', false],
  ['[\\-x]', 'x', true],
  ['[\\-x]', '-', true],
  ['[\\-x]', 'a', false],
  ['*x', 'xxx', true],
  ['[!a]', '!', true],
  ['[!a]', 'b', false],
  ['a*', 'ab/c', false],
  ['a*/b', 'abc/b', true],
  ['a*/b', 'a/c/b', false],
  ['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
  ['a*b*c*d*e*/f', 'axbxcxdxe/xxx/f', false],
  ['a?b', 'a/b', false],
  ['*.jpg', 'a/b.jpg', false],
  ['*/b.jpg', 'a/b.jpg', true],
  ['*.yaml', 'a.YAML', false],
  ['a?c', '😀', false],
  ['?', '😀', true],
])('%j for %j is %j', (pattern, name, expected) => {
  expect(compileGlob(pattern)?.(name)).toBe(expected);
});

test.each(['[]a]', '[-]', '[x-]', '[-x]', '[', '[^', '[^bc', '[a', '[a-', 'a[', 'a\\', '[\\'])('%j is no pattern', (pattern) => {
  expect(compileGlob(pattern)).toBeUndefined();
});

test.each([
  ['stars', `${'*a'.repeat(5_000)}*b`, 'a'.repeat(10_000)],
  ['adjacent stars', `${'*'.repeat(10_000)}b`, 'a'.repeat(10_000)],
  ['one star and a long tail', `*${'a'.repeat(5_000)}b`, 'a'.repeat(10_000)],
  ['question marks', `*${'?'.repeat(5_000)}b`, 'a'.repeat(10_000)],
  ['question marks between stars', `*${'?'.repeat(1_500)}b*`, 'a'.repeat(3_000)],
  ['classes', `${'*[a-z]'.repeat(1_600)}*\\b`, 'a'.repeat(10_000)],
  ['a class without end', '['.repeat(10_000), '['.repeat(10_000)],
])('hostile %s end in a moment', (_, pattern, name) => {
  const spentMs = startCpuTime();
  expect(compileGlob(pattern)?.(name) ?? false).toBe(false);
  expect(spentMs()).toBeLessThan(1_000);
});

test.each([
  ['*.example.com', 'git.example.com', true],
  ['g?t.*', 'git.example.com', true],
  ['[git]:2222', '[git]:2222', true],
  ['a*b*c', 'abcbd', false],
  ['?', '', false],
  ['***', '', true],
])('%j with wildcards for %j is %j', (pattern, text, expected) => {
  expect(matchesWildcards(pattern, text)).toBe(expected);
});
