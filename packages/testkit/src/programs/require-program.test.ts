import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requireProgram } from './require-program.ts';

test('what is on the machine is found by its absolute path', async () => {
  expect(await requireProgram('sshd', { PATH: '' })).toMatch(/^\/.*\/sshd$/);
});

test('what Go built is found in the cache, by its version', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'gotk-cache-'));
  try {
    const env = { PATH: '', XDG_CACHE_HOME: cache };
    await expect(requireProgram('versitygw', env)).rejects.toThrow(
      "there is no versitygw on this machine: run 'make programs', which brings it",
    );

    const directory = join(cache, 'gotk/programs', `versitygw-v1.8.0-${process.platform}-${process.arch}`);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'versitygw'), '', { mode: 0o755 });

    expect(await requireProgram('versitygw', env)).toBe(join(directory, 'versitygw'));
  } finally {
    await rm(cache, { recursive: true });
  }
});

test('of what is pinned no other version will do', async () => {
  const path = await mkdtemp(join(tmpdir(), 'gotk-path-'));
  try {
    await writeFile(join(path, 'kustomize'), '', { mode: 0o755 });
    await expect(requireProgram('kustomize', { PATH: path, XDG_CACHE_HOME: path })).rejects.toThrow('there is no kustomize');
    await expect(requireProgram('flux', { PATH: path, XDG_CACHE_HOME: path })).rejects.toThrow("run 'make flux', which brings it");
  } finally {
    await rm(path, { recursive: true });
  }
});
