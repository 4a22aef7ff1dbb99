import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stderr } from 'node:process';
import { ENGINE_CASES } from '../test/engine-cases.ts';

// What Helm's own packages make of the cases of the engine, one file of testdata/engine for each sort: node packages/helm/scripts/record-engine-main.ts
const testdata = join(import.meta.dirname, '../testdata');
const recorded = execFileSync('go', ['run', '.'], {
  cwd: join(testdata, 'record-engine'),
  input: JSON.stringify(ENGINE_CASES),
  maxBuffer: 64 * 1024 * 1024,
  stdio: ['pipe', 'pipe', 'inherit'],
});
const { version, ...sorts }: { readonly version: string } & Record<string, Readonly<Record<string, unknown>>> = JSON.parse(
  recorded.toString('utf8'),
);
mkdirSync(join(testdata, 'engine'), { recursive: true });
for (const [sort, results] of Object.entries(sorts)) {
  const lines = Object.entries(results).map(([name, result]) => `${JSON.stringify(name)}: ${JSON.stringify(result)}`);
  const text = `{"version": ${JSON.stringify(version)}, "results": {\n${lines.join(',\n')}\n}}\n`;
  if (sort in ENGINE_CASES) writeFileSync(join(testdata, 'engine', `${sort}.json`), text);
}
stderr.write(`recorded with helm ${version}\n`);
