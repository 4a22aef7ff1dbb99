/**
 * Writes what the real kustomize makes of packages/kustomize/testdata: node test/fidelity/record-main.ts
 *
 * Each case there is a directory whose `app` is built. Its output goes to expected.yaml; what cannot be built gets a file called fails instead.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from '@gotk/testkit';

const testdata = join(import.meta.dirname, '../../packages/kustomize/testdata');
const kustomize = await requireProgram('kustomize');

const run = (...args: readonly string[]): string =>
  execFileSync(kustomize, args, { cwd: testdata, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

function record(name: string): void {
  for (const file of ['expected.yaml', 'fails']) rmSync(join(testdata, name, file), { force: true });
  try {
    // As Flux has it: objects stay in their order, and a source may use what lies beside the directory.
    writeFileSync(
      join(testdata, name, 'expected.yaml'),
      run('build', '--reorder', 'none', '--load-restrictor', 'LoadRestrictionsNone', `${name}/app`),
    );
  } catch {
    writeFileSync(join(testdata, name, 'fails'), '');
    console.log(`${name}: cannot be built`);
  }
}

const cases = readdirSync(testdata, { withFileTypes: true }).filter((entry) => entry.isDirectory());
for (const { name } of cases) record(name);
const version = run('version').trim();
writeFileSync(join(testdata, 'kustomize-version'), `${version}\n`);
console.log(`${cases.length} cases recorded with kustomize ${version}`);
