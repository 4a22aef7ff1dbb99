import { describe, expect, test } from 'vitest';
import { BuildError } from '../build-error.ts';
import { joinPath, resolvePath } from './path.ts';

const resolve = (directory: string, written: string): string => resolvePath(directory, written, { at: 'kustomization.yaml: resources[0]' });

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

  test.each([
    ['/etc/passwd', 'etc/passwd'],
    ['/', ''],
    ['//server/share', 'server/share'],
  ])('%j begins at the root of the tree', (written, expected) => {
    expect(resolve('apps', written)).toBe(expected);
  });

  test('a byte that ends strings elsewhere is refused', () => {
    expect(() => resolve('apps', 'a\0.yaml')).toThrow(BuildError);
  });
});

test('the message says where the path stands', () => {
  expect(() => resolve('', '../a')).toThrow(/^kustomization\.yaml: resources\[0\]: '\.\.\/a'/);
});

test('joining with the root adds no slash', () => {
  expect([joinPath('', 'a'), joinPath('a/b', 'c')]).toEqual(['a', 'a/b/c']);
});

test('the root of a file system is its own parent', () => {
  expect(resolvePath('a', '../../../b', { at: 'x', isFileSystem: true })).toBe('b');
});
