import { describe, expect, test } from 'vitest';
import { build } from '../build.ts';
import { BuildError } from '../build-error.ts';
import type { FileTree } from '../tree/file-tree.ts';
import { memoryTree } from '../tree/memory-tree.ts';
import { generateKustomization } from './generated.ts';

const OBJECT = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

test('every YAML file with objects, at any depth, in the order of the paths', () => {
  const tree = memoryTree({ 'b.yaml': OBJECT, 'a.yml': OBJECT, 'z/y/c.yaml': OBJECT, 'd/e.yaml': OBJECT, 'd.yaml': OBJECT });
  expect(generateKustomization(tree, '').resources).toEqual(['a.yml', 'b.yaml', 'd/e.yaml', 'd.yaml', 'z/y/c.yaml']);
});

test('paths are relative to the directory', () => {
  const generated = generateKustomization(memoryTree({ 'apps/web/a.yaml': OBJECT, 'other.yaml': OBJECT }), 'apps');
  expect(generated).toMatchObject({ file: 'apps/kustomization.yaml', directory: 'apps', resources: ['web/a.yaml'], isEmpty: false });
});

test('a directory with a kustomization of its own is one resource, and not looked into', () => {
  const tree = memoryTree({ 'sub/kustomization.yml': 'resources: [a.yaml]', 'sub/a.yaml': OBJECT, 'sub/b.yaml': ': not YAML' });
  expect(generateKustomization(tree, '').resources).toEqual(['sub']);
});

describe('YAML that is no manifest is refused by the build, as Flux refuses it', () => {
  test.each([
    ['values without a kind', 'replicas: 3\n', /^values\.yaml: missing kind/],
    ['a kind without an apiVersion', 'kind: Thing\n', /^values\.yaml: missing metadata\.name in Thing/],
    ['a list', '- a\n', /^values\.yaml: not a Kubernetes object/],
  ])('%s', (_, text, message) => {
    expect(() => build(memoryTree({ 'values.yaml': text, 'keep.yaml': OBJECT }), '', { overlay: {} })).toThrow(message);
  });
});

describe('what is not YAML, or empty, is left out', () => {
  test.each([
    ['nothing', 'a.yaml', '# empty\n'],
    ['JSON by its name', 'a.json', '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}'],
    ['text', 'README.md', '# Hello\n'],
    ['a name that only ends like it', 'ayaml', OBJECT],
  ])('%s', (_, path, text) => {
    expect(generateKustomization(memoryTree({ [path]: text, 'keep.yaml': OBJECT }), '').resources).toEqual(['keep.yaml']);
  });
});

test('a file that is no YAML is an error, not left out', () => {
  expect(() => generateKustomization(memoryTree({ 'a.yaml': 'a: [\n' }), '')).toThrow(/^a\.yaml:\d+:\d+: invalid YAML/);
});

test('nothing found asks for nothing', () => {
  expect(generateKustomization(memoryTree({ 'README.md': '' }), '').isEmpty).toBe(true);
});

test('a directory that is not there, and one that never ends, are errors', () => {
  expect(() => generateKustomization(memoryTree({}), 'nowhere')).toThrow(BuildError);
  const endless: FileTree = { read: () => undefined, list: () => ['again'] };
  expect(() => generateKustomization(endless, '')).toThrow(/nested too deeply/);
});
