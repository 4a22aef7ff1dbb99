import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BuildError } from '@gotk/kustomize';
import { expect, test } from 'vitest';
import { buildTree } from './build-tree.ts';

async function treeOf(files: Readonly<Record<string, string>>) {
  const directory = await mkdtemp(join(tmpdir(), 'build-tree-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(directory, path, '..'), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return { directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

test('a directory without a kustomization is all manifests below it', async () => {
  await using tree = await treeOf({ 'app/a/b.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n', 'other.yaml': ': no' });
  const { objects, digest } = buildTree({ directory: tree.directory, path: './app', overlay: {} });
  expect(objects).toMatchObject([{ metadata: { name: 'b' } }]);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('files beside the directory may be used, as Flux allows', async () => {
  await using tree = await treeOf({
    'app/kustomization.yaml':
      'configMapGenerator: [{name: c, files: [../shared/x.txt]}]\ngeneratorOptions: {disableNameSuffixHash: true}\n',
    'shared/x.txt': 'x',
  });
  expect(buildTree({ directory: tree.directory, path: 'app', overlay: {} }).objects).toMatchObject([{ data: { 'x.txt': 'x' } }]);
});

test('an object without an apiVersion is refused before anything is applied', async () => {
  await using tree = await treeOf({ 'a.yaml': 'kind: ConfigMap\nmetadata: {name: a}\n' });
  const build = () => buildTree({ directory: tree.directory, path: './', overlay: {} });
  expect(build).toThrow(new BuildError('./: ConfigMap/a has no apiVersion'));
});
