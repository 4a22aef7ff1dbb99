import type { FileTree } from '@gotk/kustomize';
import { expect, test } from 'vitest';
import { hasFootprint, notingTree } from './footprint.ts';

type Files = Readonly<Record<string, string>>;
const FILES: Files = { 'a/kustomization.yaml': 'resources: [cm.yaml]', 'a/cm.yaml': 'kind: ConfigMap', 'b/cm.yaml': 'kind: Secret' };

const treeOf = (files: Files): FileTree => ({
  read: (path) => (Object.hasOwn(files, path) ? Buffer.from(files[path] ?? '') : undefined),
  list: (path) => {
    const names = Object.keys(files).flatMap((file) =>
      file.startsWith(`${path}/`) ? [file.slice(path.length + 1).split('/')[0] ?? ''] : [],
    );
    return names.length === 0 ? undefined : [...new Set(names)];
  },
});

function built() {
  const { tree, footprint } = notingTree(treeOf(FILES));
  tree.list('a');
  tree.read('a/kustomization.yaml');
  tree.read('a/cm.yaml');
  tree.read('a/kustomization.yml');
  tree.list('a/more');
  return footprint();
}

test.each([
  ['nothing', {}, true],
  ['a file that was not read', { 'b/cm.yaml': 'kind: Other' }, true],
  ['a file that was read', { 'a/cm.yaml': 'kind: Other' }, false],
  ['a file that was looked for in vain', { 'a/kustomization.yml': '' }, false],
  ['the names in a directory', { 'a/other.yaml': '' }, false],
  ['a directory that was looked for in vain', { 'a/more/x': '' }, false],
] as const)('when %s has changed, a build would be the same: %#', (_what, changes, expected) => {
  const footprint = built();
  expect(footprint && hasFootprint(treeOf({ ...FILES, ...changes }), footprint)).toBe(expected);
});

test('what moves from one file to the next is a change', () => {
  const tree = (a: string, b: string) => treeOf({ a, b });
  const noting = notingTree(tree('xy', 'z'));
  noting.tree.read('a');
  noting.tree.read('b');
  const footprint = noting.footprint();
  expect(footprint && hasFootprint(tree('x', 'yz'), footprint)).toBe(false);
});

test('a build that reads very much is not remembered', () => {
  const { tree, footprint } = notingTree(treeOf(FILES));
  for (let number = 0; number <= 5_000; number++) tree.read(`${number}.yaml`);
  expect(footprint()).toBeUndefined();
});
