import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { joinPath, resolvePath } from './path.ts';

const resolve = (directory: string, written: string): string => resolvePath(directory, written, 'kustomization.yaml: resources[0]');

test.each([
  ['', 'a.yaml', 'a.yaml'],
  ['', './a.yaml', 'a.yaml'],
  ['', '.', ''],
  ['apps/web', 'a.yaml', 'apps/web/a.yaml'],
  ['apps/web', '../base', 'apps/base'],
  ['apps/web', '../../base', 'base'],
  ['apps/web', '../..', ''],
  ['apps/web', 'x/../y//z/.', 'apps/web/y/z'],
  ['apps', '..a/b..c', 'apps/..a/b..c'],
  ['apps', 'with space', 'apps/with space'],
  ['apps', '...', 'apps/...'],
])('in %j, %j is %j', (directory, written, expected) => {
  expect(resolve(directory, written)).toBe(expected);
});

describe('nothing leads out of the root', () => {
  test.each([
    ['', '..'],
    ['', '../a'],
    ['', './../a'],
    ['apps', '../../a'],
    ['apps/web', '../../../etc/passwd'],
    ['apps', 'x/../../../a'],
    // Out and in again: what lies there is not this source.
    ['apps', '../../apps/a'],
  ])('in %j, %j', (directory, written) => {
    expect(() => resolve(directory, written)).toThrow(BuildError);
    expect(() => resolve(directory, written)).toThrow(/is not in or below the root of the source$/);
  });

  test.each(['/etc/passwd', '/', '//server/share'])('%j is absolute', (written) => {
    expect(() => resolve('apps', written)).toThrow(/is an absolute path$/);
  });

  test('a byte that ends strings elsewhere is refused', () => {
    expect(() => resolve('apps', 'a\0.yaml')).toThrow(BuildError);
  });
});

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
])('%j is remote, and never fetched', (written) => {
  expect(() => resolve('apps', written)).toThrow(/is a remote resource: remote bases are not fetched$/);
});

test('the message says where the path stands', () => {
  expect(() => resolve('', '../a')).toThrow(/^kustomization\.yaml: resources\[0\]: '\.\.\/a'/);
});

test('joining with the root adds no slash', () => {
  expect([joinPath('', 'a'), joinPath('a/b', 'c')]).toEqual(['a', 'a/b/c']);
});
