import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { renderYaml } from '@gotk/apimachinery/yaml';
import { BuildError, build, memoryTree } from '@gotk/kustomize';
import { requireProgram } from '@gotk/testkit';
import { describe, expect, test } from 'vitest';

// The real kustomize, now: what is recorded cannot grow old, and ours prints the same bytes. record-main.ts records anew.
const testdata = join(import.meta.dirname, '../../packages/kustomize/testdata');
const kustomize = await requireProgram('kustomize');
const cases = readdirSync(testdata, { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** Undefined: it cannot be built. */
async function byKustomize(directory: string, ...options: readonly string[]): Promise<string | undefined> {
  try {
    return (await promisify(execFile)(kustomize, ['build', '--load-restrictor', 'LoadRestrictionsNone', ...options, directory])).stdout;
  } catch {
    return undefined;
  }
}

function byUs(directory: string, order: 'fifo' | 'legacy'): string | undefined {
  const found = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = found.map(({ parentPath, name }) => join(parentPath, name));
  const tree = memoryTree(Object.fromEntries(paths.map((path) => [relative(directory, path), readFileSync(path)])));
  try {
    const { objects } = build(tree, 'app', { loadRestrictions: 'none', order });
    return objects.map(renderYaml).join('---\n');
  } catch (error) {
    if (error instanceof BuildError) return undefined;
    throw error;
  }
}

describe('what is recorded, what kustomize prints and what we print are the same bytes', () => {
  test.each(cases.map(({ name }) => name))('%s', async (name) => {
    const directory = join(testdata, name);
    const recorded = join(directory, 'expected.yaml');
    const real = await byKustomize(join(directory, 'app'), '--reorder', 'none');
    expect(existsSync(recorded) ? readFileSync(recorded, 'utf8') : undefined).toBe(real);
    expect(byUs(directory, 'fifo')).toBe(real);
  });

  // The case with the most kinds.
  test('also in the order that kustomize has when nobody asks for one', async () => {
    const directory = join(testdata, 'names-of-what-keeps-them');
    expect(byUs(directory, 'legacy')).toBe(await byKustomize(join(directory, 'app')));
  });

  test('the version is the recorded one', async () => {
    const { stdout } = await promisify(execFile)(kustomize, ['version']);
    expect(stdout).toBe(readFileSync(join(testdata, 'kustomize-version'), 'utf8'));
  });
});
