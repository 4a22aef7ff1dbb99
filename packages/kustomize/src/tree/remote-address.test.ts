import { expect, test } from 'vitest';
import { isRemote } from './remote-address.ts';

test.each([
  'https://example.com/a.yaml',
  'HTTP://example.com/a.yaml',
  'ssh://git@example.com/repo',
  'git::https://example.com/repo',
  'file:///etc/passwd',
  'git@github.com:org/repo',
  'github.com/org/repo',
  'www.github.com/org/repo//path',
  'gitlab.com:org/repo',
  'example.com/org/repo?ref=main',
  'org/repo.git//base?ref=v1',
])('%j is remote', (written) => {
  expect(isRemote(written)).toBe(true);
});

test.each(['a.yaml', '../base', './github.com', 'a/github.com/x', '/etc/passwd'])('%j is in the tree', (written) => {
  expect(isRemote(written)).toBe(false);
});
