import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

test('what judges the bytes of strangers imports nothing that reaches the network', async () => {
  const directory = new URL('.', import.meta.url);
  const names = (await readdir(directory)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const sources = await Promise.all(names.map((name) => readFile(new URL(name, directory), 'utf8')));
  const imported = new Set(sources.flatMap((source) => [...source.matchAll(/from '([^'.][^']*)'/g)].map(([, name]) => name)));
  expect([...imported].sort()).toEqual([
    '@sigstore/bundle',
    '@sigstore/core',
    '@sigstore/protobuf-specs',
    '@sigstore/verify',
    'cborg',
    'node:crypto',
    're2js',
  ]);
});
