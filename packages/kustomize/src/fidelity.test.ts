import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { build } from './build.ts';
import { BuildError } from './build-error.ts';
import { readYaml } from './tree/documents.ts';
import { memoryTree } from './tree/memory-tree.ts';

// What the real kustomize made of each case is beside it (test/fidelity/record-main.ts writes it): where our output differs, ours is wrong.
const testdata = join(import.meta.dirname, '../testdata');
const cases = readdirSync(testdata, { withFileTypes: true }).filter((entry) => entry.isDirectory());

function treeOf(directory: string) {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name));
  return memoryTree(Object.fromEntries(paths.map((path) => [relative(directory, path), readFileSync(path)])));
}

describe(`as kustomize ${readFileSync(join(testdata, 'kustomize-version'), 'utf8').trim()} builds it`, () => {
  test.each(cases.map(({ name }) => name))('%s', (name) => {
    const directory = join(testdata, name);
    if (existsSync(join(directory, 'fails'))) {
      expect(() => build(treeOf(directory), 'app', { loadRestrictions: 'none' })).toThrow(BuildError);
      return;
    }
    const expected = readYaml(readFileSync(join(directory, 'expected.yaml')), 'expected.yaml');
    expect(build(treeOf(directory), 'app', { loadRestrictions: 'none' }).objects).toEqual(expected);
  });
});
