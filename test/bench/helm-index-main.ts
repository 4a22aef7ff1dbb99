import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { resourceUsage, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { readYaml, renderYaml } from '@gotk/apimachinery/yaml';
import { parseIndex } from '../../packages/helm/src/index.ts';

// Seconds and peak memory for an index of some 30 MiB and 60,000 versions, each reader in a process of its own:
//   node test/bench/helm-index-main.ts [<index.yaml>]

const CHARTS = 600;
const VERSIONS = 100;
const MAX_BYTES = 256 * 1024 * 1024;

const READERS = {
  'the file alone': () => 0,
  parseIndex: (bytes: Uint8Array) => [...parseIndex(bytes, { maxBytes: MAX_BYTES }).charts.values()].flat().length,
  'js-yaml': (bytes: Uint8Array) =>
    readYaml(bytes, { dialect: 'config', duplicates: 'refused', maxBytes: MAX_BYTES, maxNodes: 20_000_000 }).length,
} as const satisfies Record<string, (bytes: Uint8Array) => number>;

const isReader = (name: string): name is keyof typeof READERS => Object.hasOwn(READERS, name);

/** As long, as deep and as folded as those of large public repositories. */
function exampleIndex(): string {
  const version = (name: string, number: number): object => ({
    apiVersion: 'v2',
    appVersion: `${number % 7}.${number}.0`,
    created: new Date(Date.UTC(2025, 0, 1) + number * 3_600_000).toISOString(),
    dependencies: [{ condition: 'redis.enabled', name: 'redis', repository: 'https://charts.example.com/stable', version: '18.x.x' }],
    description: `A chart of ${name}: what it installs is described in a sentence that is long enough to be folded by whoever prints it.`,
    digest: (number * 2_654_435_761).toString(16).padStart(8, '0').slice(0, 8).repeat(8),
    home: `https://example.com/${name}`,
    keywords: [name, 'example'],
    maintainers: [{ email: 'somebody@example.com', name: 'somebody' }],
    name,
    urls: [`https://charts.example.com/${name}/${name}-1.${number}.0.tgz`],
    version: `1.${number}.0`,
  });
  const charts = Array.from({ length: CHARTS }, (_, chart) => `chart-${chart}`);
  const entries = charts.map((name) => [name, Array.from({ length: VERSIONS }, (_, number) => version(name, VERSIONS - number))]);
  return renderYaml({ apiVersion: 'v1', entries: Object.fromEntries(entries), generated: '2026-01-02T03:04:05Z' });
}

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
