import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cycleAmong, importsOf, ROOT } from './imports.ts';
import { LAYERS, TEST_ONLY } from './layers.ts';

const packages = (await readdir(join(ROOT, 'packages'))).sort();
const shipped = packages.filter((name) => !TEST_ONLY.has(name));

test('every package has a layer', () => {
  expect(shipped).toEqual(Object.keys(LAYERS).sort());
});

test.each(shipped)('%s imports only what lies below it', async (name) => {
  const layer = LAYERS[name];
  const refused = (await importsOf(name)).filter(({ specifier }) => {
    const target = /^@gotk\/([^/]+)/.exec(specifier)?.[1];
    if (target === undefined || target === name) return false;
    const other = LAYERS[target];
    return layer === undefined || other === undefined || !(other.number < layer.number || layer.beside.includes(target));
  });
  expect(refused.map(({ file, specifier }) => `${file} must not import ${specifier}`)).toEqual([]);
});

test.each(packages)('%s declares every package that it imports', async (name) => {
  const manifest = JSON.parse(await readFile(join(ROOT, 'packages', name, 'package.json'), 'utf8')) as {
    readonly dependencies?: Readonly<Record<string, string>>;
  };
  const declared = new Set([...Object.keys(manifest.dependencies ?? {}), manifest === undefined ? '' : `@gotk/${name}`]);
  const missing = (await importsOf(name)).filter(({ specifier }) => {
    if (specifier.startsWith('.') || specifier.startsWith('node:')) return false;
    const parts = specifier.split('/');
    return !declared.has(specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? ''));
  });
  expect(missing.map(({ file, specifier }) => `${file}: ${specifier}`)).toEqual([]);
});

test.each(
  Object.entries(LAYERS)
    .filter(([, { pure }]) => pure === true)
    .map(([name]) => name),
)('%s does no I/O', async (name) => {
  // To hash and to compress is compute.
  const effects = /^node:(?!crypto$|zlib$|util$|url$|path$|buffer$)|^(undici|fastify|pino)$/;
  const found = (await importsOf(name)).filter(({ specifier }) => effects.test(specifier));
  // A thread is compute, for whoever wants it, and so is the collection of garbage: nothing but their own entry points loads them.
  const own = ({ file, specifier }: (typeof found)[number]) =>
    (file.includes('/src/worker/') && specifier === 'node:worker_threads') ||
    (file.endsWith('/src/garbage.ts') && /^node:(v8|vm)$/.test(specifier));
  expect(found.filter((it) => !own(it))).toEqual([]);
});

test.each(shipped)('%s starts no program', async (name) => {
  const starts = (await importsOf(name)).filter(({ specifier }) => specifier === 'node:child_process');
  // Kubeconfigs may name a program to log in with, as kubectl has it: for people's own kubeconfigs, and nothing that a tenant writes.
  expect(starts.map(({ file }) => file)).toEqual(name === 'kube' ? ['packages/kube/src/kubeconfig/plugin-process.ts'] : []);
});

test.each(packages)('no files of %s import each other in a circle', async (name) => {
  expect(cycleAmong(await importsOf(name))?.join(' → ')).toBeUndefined();
});

test('no source file is longer than 400 lines, and the median is about 100', async () => {
  const lengths: number[] = [];
  for (const name of packages) {
    const source = join(ROOT, 'packages', name, 'src');
    for (const file of await readdir(source, { recursive: true })) {
      const path = join(source, file);
      if (!file.endsWith('.ts') || !(await stat(path)).isFile()) continue;
      const lines = (await readFile(path, 'utf8')).split('\n').length;
      expect(lines, path).toBeLessThanOrEqual(400);
      lengths.push(lines);
    }
  }
  lengths.sort((a, b) => a - b);
  expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(120);
});
