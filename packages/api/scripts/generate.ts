import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { definitions } from '../src/index.ts';
import { crdFile, referenceFile } from './render.ts';

// Writes crds/ and docs/reference/; with --check it only says what is stale, and fails.
const root = new URL('../../../', import.meta.url);
const check = process.argv.includes('--check');
let stale = 0;
for (const { path, text } of definitions.flatMap((definition) => [crdFile(definition), referenceFile(definition)])) {
  const file = fileURLToPath(new URL(path, root));
  if (!check) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (readFileSync(file, 'utf8') !== text) {
    console.error(`${path} is stale: run 'make generate'`);
    stale += 1;
  }
}
process.exitCode = stale === 0 ? 0 : 1;
