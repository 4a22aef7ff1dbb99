import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { resourceUsage, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { readYaml } from '@gotk/apimachinery/yaml';
import { parseIndex } from '../../packages/helm/src/index.ts';
import { exampleIndex } from './helm-index.ts';

// Seconds and peak memory for an index of some 30 MiB and 60,000 versions, each reader in a process of its own:
//   node test/bench/helm-index-main.ts [<index.yaml>]

const MAX_BYTES = 256 * 1024 * 1024;

const READERS = {
  'the file alone': () => 0,
  parseIndex: (bytes: Uint8Array) => [...parseIndex(bytes, { maxBytes: MAX_BYTES }).charts.values()].flat().length,
  'js-yaml': (bytes: Uint8Array) =>
    readYaml(bytes, { dialect: 'config', duplicates: 'refused', maxBytes: MAX_BYTES, maxNodes: 20_000_000 }).length,
} as const satisfies Record<string, (bytes: Uint8Array) => number>;

const isReader = (name: string): name is keyof typeof READERS => Object.hasOwn(READERS, name);

const [file, reader] = process.argv.slice(2);
if (file !== undefined && reader !== undefined && isReader(reader)) {
  const bytes = await readFile(file);
  const started = performance.now();
  const count = READERS[reader](bytes);
  const seconds = (performance.now() - started) / 1000;
  stdout.write(`${reader}: ${seconds.toFixed(2)} s, peak ${Math.round(resourceUsage().maxRSS / 1024)} MiB (${count} read)\n`);
} else {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-helm-index-'));
  try {
    const path = file ?? join(directory, 'index.yaml');
    if (file === undefined) await writeFile(path, exampleIndex());
    stdout.write(`${((await readFile(path)).length / 1024 / 1024).toFixed(1)} MiB\n`);
    for (const name of Object.keys(READERS))
      stdout.write(execFileSync(process.execPath, [fileURLToPath(import.meta.url), path, name], { encoding: 'utf8' }));
  } finally {
    await rm(directory, { recursive: true });
  }
}
