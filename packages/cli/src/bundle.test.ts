import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
// Outside of this package's project, as far as types are concerned.
const { bundleProgram } = (await import(join(root, 'scripts/bundle/bundle-program.ts'))) as {
  bundleProgram(directory: string, out: string): Promise<unknown>;
};
const testdata = join(root, 'packages/kustomize/testdata');

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gotk-bundle-'));
  await bundleProgram(join(root, 'packages/cli'), directory);
});
afterAll(() => rm(directory, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function gotk(...args: readonly string[]): Promise<Ended> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(directory, 'gotk.js'), ...args], { cwd: testdata });
    return { code: 0, stdout, stderr };
  } catch (error) {
    return error as Ended;
  }
}

test('the bundle is a program of one file: results on standard output, errors on the other', async () => {
  expect(await gotk('version')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^gotk \d+\.\d+\.\d+ \(kustomize /), stderr: '' });
  const { code, stdout } = await gotk('kustomize', 'build', 'bases-field/app');
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^apiVersion: /) });
  expect(await gotk('kustomize', 'build', 'cycle/app')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^error: cycle\/\w+\/kustomization\.yaml: /),
  });
  expect(await gotk('nonsense')).toMatchObject({ code: 2, stdout: '' });
});

test('a reader that goes away early is no error', async () => {
  const program = `"${process.execPath}" "${join(directory, 'gotk.js')}" kustomize build overlays/app | head -n 1`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['-o', 'pipefail', '-c', program], { cwd: testdata });
  expect({ stdout, stderr }).toEqual({ stdout: 'apiVersion: v1\n', stderr: '' });
});
