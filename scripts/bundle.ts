// `pnpm build`: each program with everything it needs, its worker threads' code included, in one file: packages/<name>-controller/dist/main.js, and
// packages/cli/dist/gotk.js.
//
//   node scripts/bundle.ts [--sizes] [--out=directory] [package…]
//
// Without names: the CLI and every packages/*-controller. With --out, to <directory>/<package>/ instead.
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Bundle, bundleProgram } from './bundle/bundle-program.ts';
import { megabytes, sizeTable } from './bundle/report.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sizes: { type: 'boolean', default: false }, out: { type: 'string' } },
});
const names = positionals.length > 0 ? positionals : await programs();
const width = Math.max(...names.map((name) => name.length));

for (const name of names) {
  try {
    const bundle = await bundleProgram(join(root, 'packages', name), values.out === undefined ? undefined : resolve(values.out, name));
    console.log(line(name, bundle));
    if (values.sizes) console.log(sizeTable(bundle.metafile));
  } catch (error) {
    console.error(`${name.padEnd(width)}  not built: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}

async function programs(): Promise<readonly string[]> {
  const entries = await readdir(join(root, 'packages'));
  return entries.filter((entry) => entry === 'cli' || entry.endsWith('-controller')).sort();
}

function line(name: string, { bytes, ms }: Bundle): string {
  return `${name.padEnd(width)}  ${megabytes(bytes).padStart(7)}  ${(ms / 1000).toFixed(1)} s`;
}
